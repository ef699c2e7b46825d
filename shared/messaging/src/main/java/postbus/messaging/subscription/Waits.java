package postbus.messaging.subscription;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** How a subscription waits, injected so that a simulation can turn time and repeat chance. */
interface Waits {
    /** Stops the calling thread for so long. */
    void pause(Duration duration);

    /** For waits that should differ. */
    RandomGenerator random();

    static Waits of(Vertx vertx) {
        return new Waits() {
            @Override
            public void pause(Duration duration) {
                vertx.timer(Math.max(1, duration.toMillis()), java.util.concurrent.TimeUnit.MILLISECONDS)
                        .await();
            }

            @Override
            public RandomGenerator random() {
                return ThreadLocalRandom.current();
            }
        };
    }
}
