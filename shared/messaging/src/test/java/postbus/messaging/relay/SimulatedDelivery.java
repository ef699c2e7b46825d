package postbus.messaging.relay;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Batch;

/** A relay's {@link Delivery}, the real one, with bus, ledger, clock and chance of a simulation. */
public final class SimulatedDelivery {
    private final Delivery delivery;

    /** What a delivery is surrounded by. */
    public interface Surroundings {
        Future<Ack> deliver(Batch batch);

        Future<List<Ledger.Entry>> read(int lane, long after, Ledger.Filter filter, int countMax);

        void after(Duration delay, Runnable task);

        long nanoTime();

        RandomGenerator random();
    }

    public SimulatedDelivery(String source, Ledger.Heads heads, RelayOptions options, Surroundings surroundings) {
        this.delivery =
                new Delivery(source, heads, surroundings::deliver, surroundings::read, timers(surroundings), options);
    }

    private static Timers timers(Surroundings surroundings) {
        return new Timers() {
            @Override
            public void after(Duration delay, Runnable task) {
                surroundings.after(delay, task);
            }

            @Override
            public <T> Future<T> within(Duration limit, Future<T> future) {
                throw new UnsupportedOperationException("limits are kept by transport and reader");
            }

            @Override
            public long nanoTime() {
                return surroundings.nanoTime();
            }

            @Override
            public RandomGenerator random() {
                return surroundings.random();
            }
        };
    }

    public List<Long> heads() {
        return delivery.heads();
    }

    public void advanced(Ledger.Cut cut) {
        delivery.advanced(cut);
    }

    public void announced(Announcement announcement) {
        delivery.announced(announcement);
    }

    public void forgetSilent() {
        delivery.forgetSilent();
    }

    public void end() {
        delivery.end();
    }
}
