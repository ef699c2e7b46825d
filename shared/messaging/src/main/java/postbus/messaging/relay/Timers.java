package postbus.messaging.relay;

import io.vertx.core.Vertx;
import java.time.Duration;

/** The time of a relay's event loop, injected so that a simulation can turn it. */
interface Timers {
    /** Runs a task once, after a delay, on the event loop. */
    void after(Duration delay, Runnable task);

    /** A clock for measuring, as {@link System#nanoTime}. */
    long nanoTime();

    static Timers of(Vertx vertx) {
        return new Timers() {
            @Override
            public void after(Duration delay, Runnable task) {
                vertx.setTimer(Math.max(1, delay.toMillis()), timer -> task.run());
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }
        };
    }
}
