package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** The time and the chance of a relay's event loop, injected so that a simulation can turn and repeat them. */
interface Timers {
    /** Runs a task once, after a delay, on the event loop. */
    void after(Duration delay, Runnable task);

    /** What the future gives, or a {@link TimeoutException} when it takes longer than this; on the event loop, as the future. */
    <T> Future<T> within(Duration limit, Future<T> future);

    /** A clock for measuring, as {@link System#nanoTime}. */
    long nanoTime();

    /** For waits that should differ. */
    RandomGenerator random();

    static Timers of(Vertx vertx) {
        return new Timers() {
            @Override
            public void after(Duration delay, Runnable task) {
                vertx.setTimer(Math.max(1, delay.toMillis()), timer -> task.run());
            }

            @Override
            public <T> Future<T> within(Duration limit, Future<T> future) {
                if (future.isComplete()) {
                    return future;
                }
                // Future.timeout waits, and fails, on a thread of Netty's own where the future has no context
                Promise<T> inTime = Promise.promise();
                var timer = vertx.setTimer(
                        Math.max(1, limit.toMillis()),
                        late -> inTime.tryFail(new TimeoutException("no answer within " + limit)));
                future.onComplete(done -> {
                    vertx.cancelTimer(timer);
                    if (done.succeeded()) {
                        inTime.tryComplete(done.result());
                    } else {
                        inTime.tryFail(done.cause());
                    }
                });
                return inTime.future();
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public RandomGenerator random() {
                return ThreadLocalRandom.current();
            }
        };
    }
}
