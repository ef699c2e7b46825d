package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.LogLines;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.retention.Retention;
import postbus.messaging.subscription.DurableSubscriber;
import postbus.messaging.subscription.Handlers;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** Retention while messages flow: a relay that keeps them for a second, and subscriptions that come and go. */
@Timeout(120)
class HousekeepingTest {
    private static final Retention.Options SHORT =
            new Retention.Options(Duration.ofSeconds(1), null, Duration.ofHours(24), Duration.ofMillis(200), 100);

    private static String database;

    private Vertx vertx;
    private Source desk;
    private Source file;
    private Relay relay;
    private LogLines log;

    @BeforeAll
    static void makeDatabase() {
        database = ScratchDatabase.create();
    }

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        desk = new Source(vertx, database, "desk");
        file = new Source(vertx, database, "file");
        desk.empty();
        file.empty();
        file.ddl(
                "drop table if exists kept; create table kept (nth bigint generated always as identity, who text, n int)");
        log = LogLines.of("postbus.messaging");
        relay = new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK.withRetention(SHORT));
        vertx.deployVerticle(relay).await();
    }

    @AfterEach
    void stop() {
        log.close();
        vertx.close().await();
    }

    @Test
    void what_everybody_has_applied_is_deleted_and_what_comes_then_is_applied() {
        subscribe("file");
        publish(1, 30);
        await(() -> outbox().isEmpty());
        assertThat(kept("file")).containsExactlyInAnyOrderElementsOf(range(1, 30));
        publish(31, 40);
        await(() -> kept("file").size() >= 40);
        assertThat(kept("file")).containsExactlyInAnyOrderElementsOf(range(1, 40));
    }

    @Test
    void a_subscription_that_is_away_finds_all_of_it_when_it_returns() {
        subscribe("live");
        var away = subscribe("away");
        publish(1, 20);
        await(() -> outbox().isEmpty());
        away.stop().await();
        publish(21, 50);
        await(() -> kept("live").size() >= 50);
        await(() -> lastOld() == position()); // all of it is old by now
        publish(51, 60);
        subscribe("late"); // registered after what was old: holds nothing of it
        await(() -> lastOld() == position());
        assertThat(outbox()).containsExactlyElementsOf(range(21, 60));
        subscribe("away");
        await(() -> kept("away").size() >= 60);
        assertThat(kept("away")).containsExactlyInAnyOrderElementsOf(range(1, 60));
        await(() -> outbox().isEmpty());
    }

    @Test
    void a_subscription_that_was_forgotten_and_returns_is_told_what_is_missing_and_gets_nothing() {
        var away = subscribe("away");
        publish(1, 20);
        await(() -> outbox().isEmpty());
        away.stop().await();
        await(() -> Retention.forget(desk.pool(), "away").await()); // what was heard last may still be on its way
        publish(21, 40);
        await(() -> outbox().isEmpty());
        publish(41, 60);
        subscribe("away");
        await(() -> !log.beginningWith("ERROR cursor.pruned subscription=away source=desk")
                .isEmpty());
        assertThat(kept("away")).containsExactlyInAnyOrderElementsOf(range(1, 20));
        assertThat(outbox()).containsExactlyElementsOf(range(41, 60)); // it is registered again
        file.sql()
                .execute("update subscription_cursor c set position = p.position from desk.ledger_pruned p"
                        + " where c.lane = p.lane and c.subscription = 'away'");
        await(() -> kept("away").size() >= 40);
        assertThat(kept("away"))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.concat(IntStream.rangeClosed(1, 20), IntStream.rangeClosed(41, 60))
                                .boxed()
                                .toList());
    }

    @Test
    void a_new_subscription_begins_with_the_oldest_message_kept() {
        subscribe("first");
        publish(1, 20);
        await(() -> outbox().isEmpty());
        publish(21, 40);
        subscribe("newcomer");
        await(() -> kept("newcomer").size() >= 20);
        assertThat(kept("newcomer")).containsExactlyInAnyOrderElementsOf(range(21, 40));
    }

    @Test
    void a_new_subscription_that_retention_overtook_begins_with_what_is_the_oldest_now() {
        subscribe("first");
        publish(1, 20);
        await(() -> outbox().isEmpty());
        file.sql()
                .execute("insert into subscription_cursor (subscription, source, lane, position, began_at)"
                        + " select 'newcomer', 'desk', n, 0, 0 from generate_series(0, 7) n");
        publish(21, 40);
        subscribe("newcomer");
        await(() -> kept("newcomer").size() >= 20);
        assertThat(kept("newcomer")).containsExactlyInAnyOrderElementsOf(range(21, 40));
        assertThat(log.beginningWith("ERROR")).isEmpty();
    }

    @Test
    void what_is_registered_never_leads_the_cursor() {
        subscribe("file");
        for (int n = 1; n <= 100; n++) {
            publish(n, n);
            assertThat(desk.sql()
                            .list(
                                    "select c.lane from subscription s,"
                                            + " unnest(s.cursors) with ordinality r (position, nth)"
                                            + " join file.subscription_cursor c on c.lane = r.nth - 1"
                                            + " where c.subscription = 'file' and s.name = 'file'"
                                            + " and r.position > c.position",
                                    row -> row.getInteger("lane")))
                    .isEmpty();
        }
        await(() -> outbox().isEmpty()); // and comes after it in the end
    }

    @Test
    void a_subscription_not_heard_of_for_long_is_reported_with_what_waits_for_it() {
        publish(1, 20);
        desk.sql()
                .execute("insert into subscription (name, cursors, announced_at)"
                        + " values ('gone', array_fill(0::bigint, array[8]), now() - interval '25 hours')");
        await(() -> !log.beginningWith("WARN subscription.missed source=desk subscription=gone silent=PT25H")
                .isEmpty());
        await(() -> relay.registered().stream()
                .anyMatch(it -> it.name().equals("gone")
                        && it.behindInAll() == 20
                        && it.silent().toHours() == 25));
        assertThat(log.beginningWith("WARN subscription.missed")).hasSize(1); // many rounds later: hourly
        assertThat(outbox()).hasSize(20);
    }

    private DurableSubscriber subscribe(String name) {
        var options = new DurableSubscriber.Options(
                name, null, DurableSubscriber.Start.BEGINNING, false, Duration.ofMillis(200));
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            tx.execute("insert into kept (who, n) values ($1, $2)", name, noted.n());
            return Outcome.done();
        });
        var subscriber = new DurableSubscriber(vertx, file.transactions(), options, handlers);
        subscriber.start().await();
        await(() -> Retention.registered(desk.pool()).await().stream()
                .anyMatch(it -> it.name().equals(name)));
        return subscriber;
    }

    private void publish(int from, int to) {
        for (int n = from; n <= to; n++) {
            int number = n;
            desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted("key-" + number % 20, number)));
        }
    }

    private List<Integer> kept(String who) {
        return file.sql().list("select n from kept where who = $1 order by nth", row -> row.getInteger("n"), who);
    }

    private List<Integer> outbox() {
        return desk.sql()
                .list(
                        "select (convert_from(data, 'UTF8')::json ->> 'n')::int as n from outbox order by id",
                        row -> row.getInteger("n"));
    }

    private long position() {
        return desk.sql()
                .find("select position from ledger_head", row -> row.getLong("position"))
                .orElseThrow();
    }

    private long lastOld() {
        var lastOld = new Retention(SHORT).lastOld(desk.pool()).await();
        return lastOld == null ? 0 : lastOld;
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    private void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(20, TimeUnit.MILLISECONDS).await();
        }
    }
}
