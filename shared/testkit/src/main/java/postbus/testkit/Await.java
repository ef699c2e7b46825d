package postbus.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Bounded polling, for what no signal tells. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Await() {}

    /** Waits until the condition holds; fails after {@code max} with what was waited for. */
    public static void until(String what, Duration max, Supplier<Boolean> condition) {
        value(what, max, () -> condition.get() ? Optional.of(true) : Optional.empty());
    }

    /** Waits until there is a value and returns it; fails after {@code max} with what was waited for. */
    public static <T> T value(String what, Duration max, Supplier<Optional<T>> source) {
        var end = System.nanoTime() + max.toNanos();
        while (true) {
            var value = source.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + max + ": " + what);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
