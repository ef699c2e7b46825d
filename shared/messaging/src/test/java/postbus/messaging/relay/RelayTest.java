package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Notes.Scribbled;
import postbus.messaging.Source;
import postbus.messaging.subscription.DurableSubscriber;
import postbus.messaging.subscription.Handlers;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Batch;
import postbus.messaging.wire.RelayHello;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** A relay as its neighbours see it: by what it says on the bus. Subscribers are played by a few lines each. */
@Timeout(120)
class RelayTest {
    private String database;
    private Vertx vertx;
    private Source desk;
    private Relay first;
    private Relay second;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        database = ScratchDatabase.create();
        desk = new Source(vertx, database, "desk");
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void one_of_two_relays_is_active_and_the_other_takes_over_when_its_session_ends() {
        startTwo();
        await(() -> first.isActive() || second.isActive());
        var leader = first.isActive() ? first : second;
        var standby = leader == first ? second : first;
        assertThat(standby.isActive()).isFalse();
        await(() -> {
            if (leader.isActive()) { // on a busy machine it may be the first to have a session again
                endLeadingSession();
            }
            return standby.isActive();
        });
        await(() -> !leader.isActive());
    }

    private void endLeadingSession() {
        desk.sql().execute("""
                select pg_terminate_backend(pid)
                  from pg_stat_activity
                 where pid in (select pid from pg_locks where locktype = 'advisory' and granted
                                  and database = (select oid from pg_database where datname = current_database()))
                """);
    }

    /** As in a cluster that is cut in two, with the database in reach of both halves. */
    @Test
    void a_relay_that_hears_of_no_subscription_leaves_the_lead_to_one_that_does() {
        desk.sql().execute("insert into subscription (name, cursors) values ('file', array_fill(0, array[8]))");
        var cutOff = Vertx.vertx();
        try {
            Wire.register(cutOff);
            var source = new Source(cutOff, database, "desk");
            var deaf = new Relay("desk", source.options(), source.pool(), withTtl(Duration.ofSeconds(1)));
            cutOff.deployVerticle(deaf).await();
            await(deaf::isActive);
            first = new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK);
            vertx.deployVerticle(first).await();
            var seen = subscriber("file");
            vertx.setPeriodic(100, tick -> announce("file", 0));
            publish("key", 1);
            await(() -> seen.contains(1));
            assertThat(first.isActive()).isTrue();
            assertThat(deaf.isActive()).isFalse();
        } finally {
            cutOff.close().await();
        }
    }

    private static RelayOptions withTtl(Duration subscriptionTtl) {
        var quick = RelayProcess.QUICK;
        return new RelayOptions(
                quick.tick(),
                quick.helloEvery(),
                quick.batchCountMax(),
                quick.batchBytesMax(),
                quick.cutMax(),
                quick.replyTimeout(),
                quick.backoffMin(),
                quick.backoffMax(),
                subscriptionTtl,
                quick.sessionTimeout(),
                quick.catchUpReadsMax(),
                quick.retention());
    }

    @Test
    void a_relay_waits_for_a_schema_that_is_not_there_yet() {
        var options = desk.options().addProperty("search_path", "late");
        var relay = new Relay("late", options, desk.pool(), RelayProcess.QUICK);
        vertx.deployVerticle(relay).await();
        assertThat(relay.isActive()).isFalse();
        Source.migrate(options, "late");
        await(relay::isActive);
    }

    @Test
    void a_subscription_has_one_batch_in_flight_for_each_lane_and_no_more() {
        startOne();
        var inFlight = new ConcurrentHashMap<Integer, AtomicInteger>();
        var most = new AtomicInteger();
        var seen = new AtomicInteger();
        vertx.eventBus().<Batch>consumer(Addresses.deliver("slow"), message -> {
            var batch = message.body();
            int now = inFlight.computeIfAbsent(batch.lane(), lane -> new AtomicInteger())
                    .incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            vertx.setTimer(5, answer -> {
                inFlight.get(batch.lane()).decrementAndGet();
                seen.addAndGet(batch.messages().size());
                message.reply(new Ack(batch.upto(), null));
            });
        });
        announce("slow", 0);
        for (int n = 0; n < 200; n++) {
            publish("key-" + n, n);
        }
        await(() -> seen.get() >= 200);
        assertThat(most.get()).isEqualTo(1);
        assertThat(seen.get()).isEqualTo(200);
    }

    @Test
    void a_slow_subscription_does_not_hold_back_another() {
        startOne();
        vertx.eventBus().<Batch>consumer(Addresses.deliver("stuck"), message -> {}); // never answers
        var seen = subscriber("quick");
        announce("stuck", 0);
        announce("quick", 0);
        for (int n = 0; n < 50; n++) {
            publish("key-" + n, n);
        }
        await(() -> seen.size() >= 50);
    }

    @Test
    void a_batch_without_answer_is_sent_again() {
        startOne();
        var deliveries = new CopyOnWriteArrayList<Batch>();
        vertx.eventBus().<Batch>consumer(Addresses.deliver("deaf"), message -> {
            deliveries.add(message.body());
            if (deliveries.size() > 1) {
                message.reply(new Ack(message.body().upto(), null));
            }
        });
        announce("deaf", 0);
        publish("k", 1);
        await(() -> deliveries.size() == 2);
        assertThat(deliveries.get(1)).isEqualTo(deliveries.get(0));
    }

    @Test
    void the_relay_goes_on_from_where_the_subscriber_says_it_is() {
        startOne();
        for (int n = 1; n <= 5; n++) {
            publish("k", n);
        }
        var batches = new CopyOnWriteArrayList<Batch>();
        vertx.eventBus().<Batch>consumer(Addresses.deliver("ahead"), message -> {
            batches.add(message.body());
            message.reply(new Ack(batches.size() == 1 ? 3 : message.body().upto(), null));
        });
        announce("ahead", 0);
        await(() -> batches.size() >= 2 && batches.get(batches.size() - 1).upto() == 5);
        assertThat(batches.get(1).after()).isEqualTo(3);
        assertThat(batches.stream().skip(1).flatMap(batch -> batch.messages().stream()))
                .extracting(Batch.Positioned::position)
                .containsExactly(4L, 5L);
    }

    @Test
    void what_a_subscription_did_not_ask_for_moves_its_cursor_without_a_message() {
        startOne();
        publish("k", 1);
        var batches = new CopyOnWriteArrayList<Batch>();
        vertx.eventBus().<Batch>consumer(Addresses.deliver("other"), message -> {
            batches.add(message.body());
            message.reply(new Ack(message.body().upto(), null));
        });
        await(() -> {
            announce("other", "desk.something-else.v1", batches.isEmpty() ? 0 : 1);
            return !batches.isEmpty();
        });
        assertThat(batches.get(0).messages()).isEmpty();
        assertThat(batches.get(0).upto()).isEqualTo(1);
    }

    @Test
    void what_a_new_version_wants_is_not_passed_over_because_the_old_one_spoke_last() {
        startOne();
        var seen = new CopyOnWriteArrayList<String>();
        vertx.eventBus().<Batch>consumer(Addresses.deliver("mixed"), message -> {
            message.body()
                    .messages()
                    .forEach(positioned -> seen.add(positioned.message().type()));
            message.reply(new Ack(message.body().upto(), null));
        });
        announce("mixed", "desk.noted.v1", 0); // the new version wants both
        announce("mixed", "desk.scribbled.v1", 0); // the old one only these
        desk.transactions().run(Cause.none(), tx -> {
            tx.publish(new Noted("k", 1));
            tx.publish(new Scribbled("k", ""));
        });
        await(() -> seen.size() >= 2);
        assertThat(seen).containsExactly("desk.noted.v1", "desk.scribbled.v1");
    }

    @Test
    void an_answer_of_another_kind_does_not_stop_the_lane() {
        startOne();
        var deliveries = new AtomicInteger();
        vertx.eventBus().<Batch>consumer(Addresses.deliver("odd"), message -> {
            if (deliveries.incrementAndGet() == 1) {
                message.reply("what?");
            } else {
                message.reply(new Ack(message.body().upto(), null));
            }
        });
        announce("odd", 0);
        publish("k", 1);
        await(() -> deliveries.get() >= 2);
    }

    @Test
    void a_ledger_of_another_postgres_cluster_is_settled_and_then_cut() {
        publish("k", 1);
        desk.sql().execute("update ledger_head set cut_through = '1000000000:1000000000:'");
        startOne();
        assertThat(desk.sql().find("select position from ledger", row -> row.getLong("position")))
                .hasValue(1_000_000_000_001L);
        var seen = subscriber("ahead"); // its cursor is of positions that this ledger never gave
        announce("ahead", 500_000_000L);
        await(() -> seen.size() == 1);
        publish("k", 2);
        await(() -> seen.size() == 2);
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    void a_new_subscription_from_now_gets_nothing_old_and_everything_new() {
        startOne();
        publish("k", 1);
        await(() -> desk.sql()
                .find("select position from ledger", row -> row.getLong(0))
                .isPresent());
        var seen = new CopyOnWriteArrayList<Integer>();
        var options = new DurableSubscriber.Options(
                "newcomer", null, DurableSubscriber.Start.NOW, false, Duration.ofMillis(200));
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            seen.add(noted.n());
            return Outcome.done();
        });
        new DurableSubscriber(vertx, desk.transactions(), options, handlers)
                .start()
                .await();
        await(() -> desk.sql()
                .find(
                        "select count(*)::int as count from subscription_cursor where subscription = 'newcomer'",
                        row -> row.getInteger("count") == 8)
                .orElseThrow());
        publish("k", 2);
        await(() -> !seen.isEmpty());
        assertThat(seen).containsExactly(2);
    }

    @Test
    void an_active_relay_says_hello_when_it_is_called() {
        startOne();
        var hellos = new CopyOnWriteArrayList<RelayHello>();
        vertx.eventBus().<JsonObject>consumer(Addresses.RELAY_HELLO, hello -> hellos.add(RelayHello.of(hello.body())));
        await(() -> {
            vertx.eventBus().publish(Addresses.RELAY_CALL, null);
            return !hellos.isEmpty();
        });
        assertThat(hellos.get(0).source()).isEqualTo("desk");
        assertThat(hellos.get(0).heads()).hasSize(8);
    }

    /** It leads, and hears what is said to it. */
    private void startOne() {
        Promise<Void> said = Promise.promise();
        var hellos = vertx.eventBus().consumer(Addresses.RELAY_HELLO, hello -> said.tryComplete());
        first = new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK);
        vertx.deployVerticle(first).await();
        said.future().await();
        hellos.unregister().await();
    }

    private void startTwo() {
        first = new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK);
        second = new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK);
        vertx.deployVerticle(first).await();
        vertx.deployVerticle(second).await();
    }

    /** A subscriber that applies everything at once. */
    private List<Integer> subscriber(String name) {
        var seen = new CopyOnWriteArrayList<Integer>();
        vertx.eventBus().<Batch>consumer(Addresses.deliver(name), message -> {
            for (var positioned : message.body().messages()) {
                seen.add(new JsonObject(positioned.message().data()).getInteger("n"));
            }
            message.reply(new Ack(message.body().upto(), null));
        });
        return seen;
    }

    private void announce(String subscription, long cursor) {
        announce(subscription, "desk.noted.v1", cursor);
    }

    private void announce(String subscription, String type, long cursor) {
        var cursors = new ArrayList<Long>();
        for (int lane = 0; lane < 8; lane++) {
            cursors.add(cursor);
        }
        var announcement = new Announcement(subscription, null, java.util.Set.of(type), cursors);
        vertx.eventBus().publish(Addresses.announce("desk"), announcement.toJson());
    }

    private void publish(String key, int n) {
        desk.transactions().run(new Cause(UUID.randomUUID(), null, null), tx -> tx.publish(new Noted(key, n)));
    }

    private void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(20, TimeUnit.MILLISECONDS).await();
        }
    }
}
