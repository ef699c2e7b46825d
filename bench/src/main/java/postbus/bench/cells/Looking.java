package postbus.bench.cells;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for what nothing tells: looks again and again. */
final class Looking {
    private static final Duration WITHIN = Duration.ofMinutes(20);
    private static final Duration EVERY = Duration.ofMillis(2);

    private Looking() {}

    static void until(String what, BooleanSupplier isSo) {
        for (long begin = System.nanoTime(); !isSo.getAsBoolean(); ) {
            if (System.nanoTime() - begin > WITHIN.toNanos()) {
                throw new IllegalStateException("not within " + WITHIN + ": " + what);
            }
            try {
                Thread.sleep(EVERY);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
