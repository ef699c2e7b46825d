package postbus.messaging.relay;

import java.time.Duration;

/**
 * How many entries a batch of one lane may take: more while batches are full and quickly applied, fewer when one takes
 * long, so that neither the number of transactions nor the length of one decides how fast a lane goes. Event loop.
 */
final class BatchSize {
    static final int AT_FIRST = 100;

    /** Full batches that are applied within this grow to the double. */
    static final Duration QUICK = Duration.ofMillis(250);

    /** What takes longer is halved. */
    static final Duration SLOW = Duration.ofSeconds(1);

    private final int max;
    private int count;

    BatchSize(int max) {
        this.max = max;
        this.count = Math.min(AT_FIRST, max);
    }

    int count() {
        return count;
    }

    /** A batch with so many entries was applied, or given up, after so long. */
    void took(int entries, long nanos) {
        if (nanos > SLOW.toNanos()) {
            count = Math.max(1, count / 2);
        } else if (nanos < QUICK.toNanos() && entries >= count) {
            count = Math.min(max, count * 2);
        }
    }
}
