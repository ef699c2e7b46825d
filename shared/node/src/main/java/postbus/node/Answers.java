package postbus.node;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether somebody who is asked again and again answers. Thread-safe. */
final class Answers {
    /** Who is well answers within a few milliseconds. */
    static final Duration ANSWER_MAX = Duration.ofSeconds(3);

    private final LongSupplier nanoTime;
    private boolean isAsked;
    private long askedAtNanos;
    private @Nullable Throwable failure;

    /** @param nanoTime a clock for measuring, as {@link System#nanoTime} */
    Answers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void asked() {
        isAsked = true;
        askedAtNanos = nanoTime.getAsLong();
    }

    /** @param failure null when all was well */
    synchronized void answered(@Nullable Throwable failure) {
        isAsked = false;
        this.failure = failure;
    }

    /** What is wrong; null when nothing is, or nothing was asked yet. */
    synchronized @Nullable String problem() {
        var waiting = isAsked ? Duration.ofNanos(nanoTime.getAsLong() - askedAtNanos) : Duration.ZERO;
        if (waiting.compareTo(ANSWER_MAX) > 0) {
            return "it has not answered for " + waiting.toSeconds() + " s";
        }
        return failure == null ? null : "it did not answer: " + failure.getMessage();
    }
}
