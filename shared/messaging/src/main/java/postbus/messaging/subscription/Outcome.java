package postbus.messaging.subscription;

import java.time.Duration;

/**
 * What a handler says when "it returned" is not enough. Whatever is not {@link Done} rolls back all the handler did.
 * What it throws is neither of these: it is a failure, and tried again by itself.
 */
public sealed interface Outcome {
    /** The message is applied. */
    record Done() implements Outcome {}

    /**
     * It will never be applied: it becomes a dead letter without another attempt.
     *
     * @param reason for the person who decides about it
     */
    record Never(String reason) implements Outcome {}

    /**
     * Not yet. It is parked for this long, and later messages of its key behind it. It may be said again and again
     * until {@link Parking#postponedMax} is over; whoever still says so then makes it a dead letter.
     *
     * @param pause positive; less than a second counts as a second
     * @param reason for the person who asks why the key waits
     */
    record Later(Duration pause, String reason) implements Outcome {
        public Later {
            if (pause.isNegative() || pause.isZero()) {
                throw new IllegalArgumentException("the pause must be positive, is " + pause);
            }
        }
    }

    static Outcome done() {
        return new Done();
    }

    static Outcome never(String reason) {
        return new Never(reason);
    }

    static Outcome later(Duration pause, String reason) {
        return new Later(pause, reason);
    }
}
