package postbus.messaging.transaction;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: doubled with every attempt up to a limit, and then shortened by chance to
 * between half and all of it, so that those who failed together do not come back together.
 *
 * @param first wait after the first attempt, positive
 * @param max longest wait, not less than the first, at most 30 days
 */
public record Backoff(Duration first, Duration max) {
    private static final Duration LONGEST = Duration.ofDays(30);

    public Backoff {
        if (first.isNegative() || first.isZero()) {
            throw new IllegalArgumentException("first wait must be positive, is " + first);
        }
        if (max.compareTo(first) < 0 || max.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("longest wait must be " + first + " to " + LONGEST + ", is " + max);
        }
    }

    /** The wait after this many failed attempts, from 1. */
    public Duration after(int attempts) {
        return after(attempts, ThreadLocalRandom.current());
    }

    /** {@link #after(int)} with this chance. */
    public Duration after(int attempts, RandomGenerator random) {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, is " + attempts);
        }
        var whole = first;
        for (int attempt = 1; attempt < attempts && whole.compareTo(max) < 0; attempt++) {
            whole = whole.multipliedBy(2);
        }
        long nanos = (whole.compareTo(max) < 0 ? whole : max).toNanos();
        return Duration.ofNanos(random.nextLong(nanos / 2, nanos + 1));
    }
}
