package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Envelope;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Observer;
import postbus.messaging.Source;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.subscription.Parking;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** What an observer is told of messages that go from {@code desk} to {@code file}. */
@Timeout(60)
class ObserverTest {
    private static final Parking PARKING = new Parking(
            10_000,
            3,
            new Backoff(Duration.ofMillis(50), Duration.ofMillis(100)),
            Duration.ofDays(1),
            1, // two at once may try one message once more than is counted against it
            Duration.ofMillis(200));

    private static Vertx vertx;
    private static Source desk;
    private static Transactions transactions;
    private static final Counts COUNTS = new Counts();

    /** Counts by what happened, to whom. */
    private static final class Counts implements Observer {
        private final Map<String, Long> counts = new ConcurrentHashMap<>();
        private final Map<String, List<Held>> held = new ConcurrentHashMap<>();

        long of(String what) {
            return counts.getOrDefault(what, 0L);
        }

        private void add(String what, long count) {
            counts.merge(what, count, Long::sum);
        }

        @Override
        public void appended(String source, int messages) {
            add("appended " + source, messages);
        }

        @Override
        public void cut(String source, long messages, long nanos) {
            add("cut " + source, messages);
        }

        @Override
        public void delivered(String subscription, String source, int messages) {
            add("delivered " + source + " to " + subscription, messages);
        }

        @Override
        public void handled(String subscription, int messages, long nanos) {
            add("handled by " + subscription, messages);
        }

        @Override
        public void applied(String subscription, List<Envelope> messages) {
            messages.forEach(message -> add("applied " + message.source() + " by " + subscription, 1));
        }

        @Override
        public void retried(String subscription, String source) {
            add("retried " + source + " by " + subscription, 1);
        }

        @Override
        public void parked(String subscription, String source) {
            add("parked " + source + " by " + subscription, 1);
        }

        @Override
        public void dead(String subscription, String source) {
            add("dead " + source + " of " + subscription, 1);
        }

        @Override
        public void held(String subscription, List<Held> held) {
            this.held.put(subscription, held);
        }

        @Override
        public void leads(String source, boolean isActive) {
            add((isActive ? "leads " : "stands by ") + source, 1);
        }
    }

    private static final class File extends ServiceVerticle {
        File(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.event(Noted.class, (event, tx) -> {
                if (event.n() < 0) {
                    throw new IllegalStateException("negative");
                }
            });
        }
    }

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        var database = ScratchDatabase.create();
        desk = new Source(vertx, database, "desk");
        var file = new Source(vertx, database, "file");
        transactions = new Transactions(
                vertx.getOrCreateContext(),
                "desk",
                desk.pool(),
                new Outbox(Source.MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new EventBusWake(vertx.getOrCreateContext(), "desk"),
                COUNTS);
        var relay = new Relay("desk", desk.options(), desk.pool(), RelayOptions.DEFAULT.withObserver(COUNTS));
        vertx.deployVerticle(relay).await();
        vertx.deployVerticle(new File(new ServiceContext(
                        "file",
                        file.pool(),
                        Clock.systemUTC(),
                        Source.MESSAGE_BYTES_MAX,
                        Duration.ofMillis(300),
                        PARKING,
                        ServiceContext.REPLY_RETENTION,
                        COUNTS)))
                .await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    private static void publish(String key, int... numbers) {
        transactions.run(Cause.none(), tx -> {
            for (var n : numbers) {
                tx.publish(new Noted(key, n));
            }
        });
    }

    /** In one method, since all of it is counted together. */
    @Test
    void it_is_told_of_each_step_of_good_messages_and_of_bad_ones() {
        publish("good", 1, 2, 3);
        await(() -> COUNTS.of("applied desk by file") == 3);
        publish("bad", -1, 2);
        await(() -> COUNTS.of("dead desk of file") == 1);

        assertThat(COUNTS.of("stands by desk")).isEqualTo(1);
        assertThat(COUNTS.of("leads desk")).isEqualTo(1);
        assertThat(COUNTS.of("appended desk")).isEqualTo(5);
        assertThat(COUNTS.of("cut desk")).isEqualTo(5);
        assertThat(COUNTS.of("delivered desk to file")).isGreaterThanOrEqualTo(5);
        assertThat(COUNTS.of("parked desk by file"))
                .as("the bad one and what follows of its key")
                .isEqualTo(2);
        assertThat(COUNTS.of("retried desk by file"))
                .as("three attempts in all")
                .isEqualTo(2);
        assertThat(COUNTS.of("applied desk by file"))
                .as("of what is parked nothing")
                .isEqualTo(3);
        assertThat(COUNTS.of("handled by file")).isGreaterThanOrEqualTo(5);
        await(() -> List.of(new Observer.Held("desk", 1, 1)).equals(COUNTS.held.get("file")));
    }

    @Test
    void nothing_is_told_of_a_transaction_that_does_not_commit() {
        var before = COUNTS.of("appended desk");
        try {
            transactions.run(Cause.none(), tx -> {
                tx.publish(new Noted("never", 1));
                throw new IllegalStateException("no");
            });
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessage("no");
        }
        assertThat(COUNTS.of("appended desk")).isEqualTo(before);
    }

    private static void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(20, TimeUnit.MILLISECONDS).await();
        }
    }
}
