package postbus.gateway;

import java.time.Duration;

/** A moment on this machine's monotonic clock. */
record Deadline(long nanoTime) {
    /** The event bus takes no shorter timeout. */
    private static final Duration LEFT_MIN = Duration.ofMillis(1);

    static Deadline after(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** The time until then, at least 1 ms. */
    Duration left() {
        var left = Duration.ofNanos(nanoTime - System.nanoTime());
        return left.compareTo(LEFT_MIN) > 0 ? left : LEFT_MIN;
    }

    /** The moment halfway from now. */
    Deadline half() {
        return after(left().dividedBy(2));
    }
}
