package postbus.messaging.simulation;

import io.vertx.core.VertxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import postbus.messaging.Envelope;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.simulation.model.Mutation;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.subscription.SimulatedSchema;
import postbus.messaging.subscription.SimulatedSubscriber;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Batch;
import postbus.messaging.wire.RelayHello;

/**
 * An instance of a subscription. Of the real one this is the part that is tied to Vert.x; how a batch is applied, and
 * what becomes of a message that cannot be, is the real one's.
 */
final class SubscriberNode extends Node {
    private static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(1);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final World world;
    private final Simulation simulation;
    private final String subscription;
    private final Ledger.Filter filter;
    private final SimulatedSchema schema;
    private final SimulatedSubscriber subscriber;
    private final Mutation mutation;
    private String knownTerm = "";
    private int batches;
    private final List<Delivered> waiting = new ArrayList<>();

    SubscriberNode(
            String name,
            World world,
            Simulation simulation,
            String subscription,
            Ledger.Filter filter,
            SimulatedSchema schema,
            int parkedMax,
            Mutation mutation) {
        super(name);
        this.world = world;
        this.simulation = simulation;
        this.subscription = subscription;
        this.filter = filter;
        this.schema = schema;
        this.mutation = mutation;
        this.subscriber = new SimulatedSubscriber(schema, parkedMax, new Surroundings());
    }

    @Override
    String role() {
        return "subscriber";
    }

    @Override
    void started() {
        simulation.callRelays(this);
        world.after(this, ANNOUNCE_EVERY, this::announceEvery);
        world.after(this, LOOK_EVERY, this::lookEvery);
    }

    @Override
    void died() {
        waiting.clear();
        knownTerm = "";
    }

    private void announceEvery() {
        world.after(this, ANNOUNCE_EVERY, this::announceEvery);
        world.task(this, name() + " announces", this::announce);
    }

    private void lookEvery() {
        world.after(this, LOOK_EVERY, this::lookEvery);
        retry();
    }

    private void retry() {
        world.task(this, name() + " retries", () -> {
            try {
                var dueIn = subscriber.retryDue();
                if (dueIn != null) {
                    world.after(this, dueIn, this::retry);
                }
            } catch (VertxException lost) {
                world.trace(this, "looks again later");
            }
        });
    }

    void onHello(RelayHello hello) {
        if (!hello.term().equals(knownTerm)) {
            knownTerm = hello.term();
            world.task(this, name() + " announces", () -> {
                world.steps.before("register");
                schema.register(hello.pruned());
                announce();
            });
        }
    }

    private void announce() {
        world.steps.before("read the cursors");
        var cursors = schema.positions();
        world.steps.before("announce");
        if (!cursors.isEmpty()) {
            simulation.announce(
                    this, new Announcement(subscription, filter.commandsFor(), filter.eventTypes(), cursors));
        }
    }

    /** Some of the batches that come while others are applied are applied together. */
    void onBatch(Batch batch, Consumer<Ack> answer) {
        waiting.add(new Delivered(batch, answer));
        world.task(this, name() + " applies " + ++batches, () -> {
            var together = waiting.stream()
                    .sorted(Comparator.comparing(Delivered::batch, Batch.CURSOR_ORDER))
                    .toList();
            waiting.clear();
            if (together.isEmpty()) {
                return; // taken with others
            }
            world.coverage.count(together.size() > 1 ? "batches: of several lanes together" : "batches: one alone");
            var applied = together.stream().map(Delivered::batch).toList();
            if (mutation == Mutation.ANSWER_BEFORE_COMMIT) {
                together.forEach(one -> answer(one, new Ack(one.batch.upto(), null)));
                subscriber.apply(applied);
            } else {
                var acks = subscriber.apply(applied);
                for (int i = 0; i < acks.size(); i++) {
                    answer(together.get(i), acks.get(i));
                }
            }
        });
    }

    private record Delivered(Batch batch, Consumer<Ack> answer) {}

    private void answer(Delivered to, Ack ack) {
        world.steps.before("answer");
        simulation.checker().answered(subscription, to.batch.lane(), ack);
        to.answer.accept(ack);
    }

    private final class Surroundings implements SimulatedSubscriber.Surroundings {
        @Override
        public void before(String step) {
            world.steps.before(step);
            if (!world.isCalm() && world.chance.happens(world.chance.lostConnection)) {
                world.coverage.count("database: connection of a subscriber lost before: " + step);
                world.trace(SubscriberNode.this, "loses its connection");
                throw new VertxException("connection lost", true);
            }
        }

        @Override
        public Outcome handle(Envelope message) {
            if (!world.isCalm() && world.chance.happens(world.chance.handlerFails)) {
                world.trace(SubscriberNode.this, "the handler fails");
                return fail();
            }
            return Outcome.done();
        }

        private Outcome fail() {
            int kind = world.chance.below(4);
            if (kind == 0) {
                world.coverage.count("handler: lost against another transaction");
                throw new ConcurrentChange("something");
            }
            if (kind == 1) {
                world.coverage.count("handler: said later");
                return Outcome.later(Duration.ofSeconds(1), "not yet");
            }
            world.coverage.count("handler: failed");
            throw new HandlerFailure();
        }

        @Override
        public void parked() {
            world.coverage.count("message: parked");
            retry();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(world.nowNanos());
        }

        @Override
        public RandomGenerator random() {
            return world.chance.generator();
        }
    }

    /** A bug, as far as anybody can tell. */
    private static final class HandlerFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HandlerFailure() {
            super("it did not work", null, false, false);
        }
    }
}
