package postbus.messaging.subscription;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long handlers take for a message: the slowest of late, forgotten little by little. Thread-safe. */
final class Pace {
    /** Is told of each time handlers ran. */
    interface Listener {
        void handled(int messages, long nanos);
    }

    /** What the handlers of one transaction may be expected to take to count as quick. */
    static final Duration QUICK = Duration.ofMillis(5);

    private static final double QUICK_NANOS = QUICK.toNanos();

    /** Before anything is known: handlers are taken for slow. */
    private static final double NANOS_AT_FIRST = 2.0 * QUICK_NANOS;

    private static final double FORGOTTEN_EACH_TIME = 0.1;

    private final LongSupplier nanoTime;
    private final Listener listener;
    private double nanosAMessage = NANOS_AT_FIRST;

    /** @param nanoTime a clock for measuring, as {@link System#nanoTime} */
    Pace(LongSupplier nanoTime) {
        this(nanoTime, (messages, nanos) -> {});
    }

    /** @param listener is told what is measured, also of handlers that threw */
    Pace(LongSupplier nanoTime, Listener listener) {
        this.nanoTime = nanoTime;
        this.listener = listener;
    }

    /** Runs the handlers of so many messages. */
    void handle(int messages, Runnable handlers) {
        if (messages == 0) {
            return;
        }
        long begin = nanoTime.getAsLong();
        try {
            handlers.run();
            handled((double) (nanoTime.getAsLong() - begin) / messages);
        } finally {
            listener.handled(messages, nanoTime.getAsLong() - begin);
        }
    }

    private synchronized void handled(double nanos) {
        nanosAMessage = Math.max(nanos, nanosAMessage * (1 - FORGOTTEN_EACH_TIME));
    }

    /** Whether handlers are expected to get through so many messages within {@link #QUICK}. */
    synchronized boolean isQuick(int messages) {
        return messages * nanosAMessage <= QUICK_NANOS;
    }
}
