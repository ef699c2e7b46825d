package postbus.messaging.subscription;

import java.util.function.LongSupplier;

/** How long handlers take for a message: the slowest of late, forgotten little by little. Thread-safe. */
final class Pace {
    /** Before anything is known: handlers are taken for slow. */
    private static final double NANOS_AT_FIRST = 1e6;

    private static final double FORGOTTEN_EACH_TIME = 0.1;

    private final LongSupplier nanoTime;
    private double nanosAMessage = NANOS_AT_FIRST;

    /** @param nanoTime a clock for measuring, as {@link System#nanoTime} */
    Pace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Runs the handlers of so many messages. */
    void handle(int messages, Runnable handlers) {
        long begin = nanoTime.getAsLong();
        handlers.run();
        if (messages > 0) {
            handled((double) (nanoTime.getAsLong() - begin) / messages);
        }
    }

    private synchronized void handled(double nanos) {
        nanosAMessage = Math.max(nanos, nanosAMessage * (1 - FORGOTTEN_EACH_TIME));
    }

    /** For so many messages, in nanoseconds. */
    synchronized double expected(int messages) {
        return messages * nanosAMessage;
    }
}
