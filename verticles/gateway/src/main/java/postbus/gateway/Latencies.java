package postbus.gateway;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Percentiles of what was counted in buckets: inside the bucket in which a percentile lies, times are taken to be spread
 * evenly.
 */
final class Latencies {
    private final long[] within;
    private final List<Duration> limits;
    private long count;

    /** @param limits of the buckets, rising */
    Latencies(List<Duration> limits) {
        this.limits = limits;
        this.within = new long[limits.size()];
    }

    /**
     * @param counts how many took no longer than each limit
     * @param all how many there were, those that took longer than the last included
     */
    void add(List<Long> counts, long all) {
        for (int i = 0; i < Math.min(within.length, counts.size()); i++) {
            within[i] += counts.get(i);
        }
        count += all;
    }

    /** Null when there is nothing. */
    Snapshot.@Nullable Percentiles percentiles() {
        return count <= 0 ? null : new Snapshot.Percentiles(millis(0.5), millis(0.99));
    }

    /** What is beyond the last limit is told as that limit. */
    private double millis(double share) {
        var rank = share * count;
        double lower = 0;
        long before = 0;
        for (int i = 0; i < within.length; i++) {
            double upper = limits.get(i).toNanos() / 1e6;
            if (within[i] >= rank) {
                var inBucket = within[i] - before;
                return Numbers.rounded(lower + (upper - lower) * (rank - before) / Math.max(1, inBucket));
            }
            lower = upper;
            before = within[i];
        }
        return lower;
    }
}
