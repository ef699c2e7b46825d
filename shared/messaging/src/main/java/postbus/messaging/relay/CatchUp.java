package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.LongSupplier;
import postbus.messaging.ledger.Ledger;

/**
 * Keeps what is far behind from slowing what is live: a subscription that was away for days reads its way back in lanes
 * of which only a few read at a time, in the order in which they asked; and while messages are cut, it is given no more
 * than those and {@value #GAIN} a second. Event loop.
 */
final class CatchUp implements LaneReader {
    /** Positions behind its lane's head, so messages of all lanes, from which on a lane is far behind. */
    static final long FAR_BEHIND = 10_000;

    /** While something was cut within this time, lanes far behind rest. */
    static final Duration LIVE_FOR = Duration.ofSeconds(1);

    /** Messages a second by which a subscription far behind comes nearer, while others are cut. */
    static final int GAIN = 2_000;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final LaneReader reader;
    private final long[] heads;
    private final LongSupplier nanoTime;
    private long cut;
    private long cutAtNanos;
    private int free;
    private final Queue<Runnable> waiting = new ArrayDeque<>(); // at most one for each lane of each subscription

    /**
     * @param heads last position of each lane, kept up to date by its owner
     * @param readsMax most reads of lanes far behind at a time
     * @param nanoTime a clock for measuring, as {@link System#nanoTime}
     */
    CatchUp(LaneReader reader, long[] heads, int readsMax, LongSupplier nanoTime) {
        this.reader = reader;
        this.heads = heads;
        this.free = readsMax;
        this.nanoTime = nanoTime;
        this.cutAtNanos = nanoTime.getAsLong() - LIVE_FOR.toNanos();
    }

    /** So many messages were cut. */
    void advanced(long count) {
        cut += count;
        cutAtNanos = nanoTime.getAsLong();
    }

    /** What one subscription may be given while it is far behind and messages are cut. */
    final class Allowance {
        private double messages;
        private long cutBefore = cut;
        private long atNanos = nanoTime.getAsLong();

        /**
         * How long a lane rests after it was given so many messages: until what was given is allowed. Zero when the
         * lane is not far behind, or nothing was cut lately.
         */
        Duration restAfter(int given, int lane, long cursor) {
            if (!isFarBehind(lane, cursor)) {
                return Duration.ZERO;
            }
            long now = nanoTime.getAsLong();
            var isLive = now - cutAtNanos < LIVE_FOR.toNanos();
            messages = isLive ? Math.min(messages + grown(now), GAIN) - given : 0;
            cutBefore = cut;
            atNanos = now;
            return messages < 0 ? Duration.ofNanos((long) (-messages / GAIN * SECOND)) : Duration.ZERO;
        }

        private double grown(long now) {
            return (cut - cutBefore) + (double) (now - atNanos) / SECOND * GAIN;
        }
    }

    private boolean isFarBehind(int lane, long after) {
        return heads[lane] - after > FAR_BEHIND;
    }

    @Override
    public Future<List<Ledger.Entry>> read(int lane, long after, Ledger.Filter filter, int countMax) {
        if (!isFarBehind(lane, after)) {
            return reader.read(lane, after, filter, countMax);
        }
        Promise<List<Ledger.Entry>> entries = Promise.promise();
        waiting.add(() -> reader.read(lane, after, filter, countMax)
                .onComplete(done -> {
                    free++;
                    next();
                })
                .onComplete(entries));
        next();
        return entries.future();
    }

    private void next() {
        while (free > 0 && !waiting.isEmpty()) {
            free--;
            waiting.remove().run();
        }
    }
}
