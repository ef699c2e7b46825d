package postbus.messaging.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.Observer;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Batch;

/** One instance of a subscription: the real {@link BatchApplier} and {@link Retrier} on a simulated database. */
public final class SimulatedSubscriber {
    private static final int TURNS_MAX = 10;
    private static final Duration RETRY_FIRST = Duration.ofMillis(20);
    private static final Duration RETRY_MAX = Duration.ofMillis(500);
    private static final int NEVER = 1_000;

    private final SimulatedInbox inbox;
    private final BatchApplier applier;
    private final Retrier retrier;

    /** What an instance is surrounded by. */
    public interface Surroundings {
        /** Called before each statement. May throw what a statement throws whose connection is lost. */
        void before(String step);

        /** Called where a handler does its work. May throw what a handler throws. */
        Outcome handle(Envelope message);

        /** Called after something was parked. */
        void parked();

        Instant now();

        RandomGenerator random();
    }

    /** @param parkedMax most messages parked, beyond which a lane waits */
    public SimulatedSubscriber(SimulatedSchema schema, int parkedMax, Surroundings surroundings) {
        var parking = new Parking(
                parkedMax, NEVER, new Backoff(RETRY_FIRST, RETRY_MAX), Duration.ofDays(30), 2, Duration.ofSeconds(5));
        var waits = new Waits() {
            @Override
            public void pause(Duration duration) {
                surroundings.before("go on after a pause");
            }

            @Override
            public RandomGenerator random() {
                return surroundings.random();
            }
        };
        var lot = new ParkingLot(schema.subscription(), parking, false, waits, Observer.NOBODY);
        this.inbox = new SimulatedInbox(schema, surroundings);
        var pace = (surroundings.random().nextBoolean() ? Paces.QUICK : Paces.SLOW).pace();
        this.applier = new BatchApplier(inbox, lot, false, waits, pace, surroundings::parked, Observer.NOBODY);
        this.retrier = new Retrier(inbox, lot, schema.subscription(), Observer.NOBODY);
    }

    public List<Ack> apply(List<Batch> batches) {
        return applier.apply(batches);
    }

    /** Tries the parked messages that are due; says in how long the next one is that is not, or null. */
    public @Nullable Duration retryDue() {
        for (var turn : inbox.turns(TURNS_MAX)) {
            if (turn.dueIn().isPositive()) {
                return turn.dueIn();
            }
            retrier.retry(turn);
        }
        return null;
    }
}
