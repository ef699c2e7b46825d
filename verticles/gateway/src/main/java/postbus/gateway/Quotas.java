package postbus.gateway;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts how often each client asks: a token bucket for each, which holds a whole quota and fills up evenly within a
 * window. Remembers the {@value #CLIENTS_MAX} clients that asked last; who is forgotten has their whole quota. Event loop.
 */
final class Quotas {
    static final int CLIENTS_MAX = 100_000;

    private static final double NANOS_A_SECOND = Duration.ofSeconds(1).toNanos();

    /**
     * @param isLetIn whether there was still one left
     * @param left whole requests that are left
     * @param fullAfter seconds after which none is missing
     * @param nextAfter seconds after which there is one; 0 for now
     */
    record Standing(boolean isLetIn, long left, long fullAfter, long nextAfter) {}

    private static final class Bucket {
        private double left;
        private long at;

        Bucket(double left, long at) {
            this.left = left;
            this.at = at;
        }
    }

    private final int requests;
    private final double aSecond;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > CLIENTS_MAX;
        }
    };

    /**
     * @param requests at least 1
     * @param nanos a clock that only goes forward
     */
    Quotas(int requests, Duration window, LongSupplier nanos) {
        this.requests = requests;
        this.aSecond = requests / (window.toNanos() / NANOS_A_SECOND);
        this.nanos = nanos;
    }

    /** Takes one request of a client's quota, if there is one. */
    Standing take(String client) {
        long now = nanos.getAsLong();
        var bucket = buckets.computeIfAbsent(client, first -> new Bucket(requests, now));
        bucket.left = Math.min(requests, bucket.left + (now - bucket.at) / NANOS_A_SECOND * aSecond);
        bucket.at = now;
        boolean isLetIn = bucket.left >= 1;
        if (isLetIn) {
            bucket.left--;
        }
        return new Standing(
                isLetIn,
                (long) bucket.left,
                (long) Math.ceil((requests - bucket.left) / aSecond),
                bucket.left >= 1 ? 0 : (long) Math.ceil((1 - bucket.left) / aSecond));
    }
}
