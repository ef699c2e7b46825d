package postbus.messaging.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayProcess;
import postbus.messaging.retention.Retention;
import postbus.messaging.subscription.DurableSubscriber;
import postbus.messaging.subscription.Handlers;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** Cursors moved while a relay and two instances of the subscription are at work. Nobody tells these. */
@Timeout(120)
class ReplayTest {
    private static final int LANES = 8;
    private static final int KEYS = 10;

    private static String database;

    private Vertx vertx;
    private Source desk;
    private Source file;
    private Replay replay;
    private final List<DurableSubscriber> subscribers = new ArrayList<>();

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
                "drop table if exists kept; create table kept (nth bigint generated always as identity, key text, n int)");
        vertx.deployVerticle(new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK))
                .await();
        replay = new Replay(file.transactions(), "file");
        subscribe();
        subscribe();
        await(() -> file.sql()
                .find("select count(*)::int as count from subscription_cursor", row -> row.getInteger("count") == LANES)
                .orElseThrow());
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void under_load_everything_after_the_position_is_applied_once_more_in_order_and_nothing_is_missing()
            throws Exception {
        publish(1, 400);
        await(() -> kept().size() == 400);
        var published = new AtomicInteger(400);
        var isLoaded = new AtomicBoolean(true);
        Replay.Move move;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var load = threads.submit(() -> {
                while (isLoaded.get()) {
                    int n = published.incrementAndGet();
                    publish(n, n);
                }
            });
            try {
                await(() -> kept().size() >= 500);
                move = replay.run("desk", new Target.Position(200), "anna", "a handler was wrong");
                int then = published.get();
                await(() -> published.get() >= then + 200);
            } finally {
                isLoaded.set(false);
            }
            load.get();
        }
        long again = move.again().orElseThrow();
        assertThat(again).isGreaterThanOrEqualTo(300 - KEYS);
        await(() -> kept().size() >= published.get() + again);

        assertThat(kept()).hasSize(published.get() + (int) again);
        var byKey = new HashMap<String, List<Integer>>();
        file.sql()
                .execute("select key, n from kept order by nth")
                .forEach(row -> byKey.computeIfAbsent(row.getString("key"), key -> new ArrayList<>())
                        .add(row.getInteger("n")));
        assertThat(byKey).hasSize(KEYS);
        byKey.forEach((key, numbers) -> assertThat(numbers).isEqualTo(withOneStepBack(key, numbers, published.get())));
    }

    /** All numbers of the key in order, with what comes after 200 once more from where the order breaks. */
    private static List<Integer> withOneStepBack(String key, List<Integer> actual, int last) {
        var all = IntStream.rangeClosed(1, last)
                .filter(n -> keyOf(n).equals(key))
                .boxed()
                .toList();
        int count = 1;
        while (count < actual.size() && actual.get(count) > actual.get(count - 1)) {
            count++;
        }
        var expected = new ArrayList<>(all.subList(0, count));
        expected.addAll(all.stream().filter(n -> n > 200).toList());
        return expected;
    }

    @Test
    void a_plan_says_what_would_be_done_and_does_nothing() {
        publish(1, 50);
        await(() -> kept().size() == 50);
        var plan = replay.plan("desk", new Target.Position(10));
        assertThat(plan.again()).hasValue(40);
        assertThat(plan.passedOver()).hasValue(0);
        assertThat(cursors()).isEqualTo(plan.before());
        assertThat(count("replay")).isZero();
    }

    @Test
    void back_to_the_oldest_everything_kept_is_applied_again() {
        publish(1, 50);
        await(() -> kept().size() == 50);
        assertThat(replay.run("desk", new Target.Oldest(), "anna", "new table").again())
                .hasValue(50);
        await(() -> kept().size() == 100);
        publish(51, 51);
        await(() -> kept().size() == 101);
    }

    @Test
    void forth_to_now_what_was_before_is_passed_over() {
        holdUp();
        publish(1, 50);
        await(() -> desk.sql()
                .find("select position = 50 as is_cut from ledger_head", row -> row.getBoolean("is_cut"))
                .orElseThrow());
        var waiting = countAfterCursors();
        assertThat(replay.run("desk", new Target.Now(), "anna", "of no interest")
                        .passedOver())
                .hasValue(waiting);
        subscribe();
        publish(51, 60);
        await(() -> kept().containsAll(range(51, 60)));
        assertThat(waiting).isPositive();
        assertThat(kept()).hasSize(60 - (int) waiting);
    }

    @Test
    void from_a_time_nothing_is_left_out_that_was_published_after_it() {
        var retention = new Retention(Retention.Options.DEFAULT);
        publish(1, 20);
        await(() -> kept().size() == 20);
        retention.mark(desk.pool()).await();
        var time = now();
        publish(21, 40);
        await(() -> kept().size() == 40);
        retention.mark(desk.pool()).await();
        assertThat(replay.run("desk", new Target.Time(time), "anna", "lost a backup")
                        .again())
                .hasValue(20);
        await(() -> kept().size() == 60);
        assertThat(kept().subList(40, 60)).containsExactlyInAnyOrderElementsOf(range(21, 40));
    }

    @Test
    void what_is_parked_and_comes_again_is_deleted_and_the_rest_stays() {
        publish(1, 40);
        await(() -> kept().size() == 40);
        desk.sql().execute("""
                insert into file.parked_message
                       (subscription, source, position, lane, message_id, type, key, time, correlation_id, data, state,
                        holds_key, reason, attempts, next_attempt_at, parked_at)
                select 'file', 'desk', l.position, l.lane, o.message_id, o.type, o.key, o.time, o.correlation_id, o.data,
                       'dead', false, 'failed', 10, now(), now()
                  from ledger l join outbox o on o.tx = l.tx and o.id = l.id
                 where l.position in (5, 15, 25)
                """);
        assertThat(replay.plan("desk", new Target.Position(10)).parked()).isEqualTo(2);
        assertThat(replay.run("desk", new Target.Position(10), "anna", "mended").parked())
                .isEqualTo(2);
        assertThat(file.sql().list("select position from parked_message", row -> row.getLong("position")))
                .containsExactly(5L);
    }

    @Test
    void who_moved_what_from_where_to_where_and_why_is_kept() {
        publish(1, 20);
        await(() -> kept().size() == 20);
        var move = replay.run("desk", new Target.Position(10), "anna", "a handler was wrong");
        var row = file.sql()
                .execute("select asked, cursors_before, cursors_after, moved_by, why from replay")
                .iterator()
                .next();
        assertThat(row.getString("asked")).isEqualTo("position:10");
        assertThat(row.getArrayOfLongs("cursors_before")).containsExactlyElementsOf(move.before());
        assertThat(row.getArrayOfLongs("cursors_after")).containsExactlyElementsOf(move.after());
        assertThat(row.getString("moved_by")).isEqualTo("anna");
        assertThat(row.getString("why")).isEqualTo("a handler was wrong");
    }

    @Test
    void what_is_to_come_again_is_kept_from_then_on() {
        publish(1, 40);
        await(() -> kept().size() == 40);
        holdUp();
        replay.run("desk", new Target.Position(10), "anna", "again");
        var kept = Retention.registered(desk.pool()).await().get(0).cursors();
        var asked = cursors();
        assertThat(asked).allMatch(cursor -> cursor <= 10);
        for (int lane = 0; lane < LANES; lane++) {
            assertThat(kept.get(lane)).isLessThanOrEqualTo(asked.get(lane));
        }
    }

    @Test
    void what_cannot_be_done_is_refused_and_says_what_can() {
        publish(1, 20);
        await(() -> kept().size() == 20);
        assertThatThrownBy(() -> replay.plan("dsk", new Target.Oldest()))
                .isInstanceOf(NotReplayable.class)
                .hasMessageContaining("file has no cursors for dsk");
        desk.sql().execute("update ledger_pruned set position = 5");
        assertThatThrownBy(() -> replay.plan("desk", new Target.Position(4)))
                .isInstanceOf(NotReplayable.class)
                .hasMessageContaining("is kept from after position 5");
        assertThatThrownBy(() -> replay.run("desk", new Target.Time(Instant.EPOCH), "anna", "all"))
                .isInstanceOf(NotReplayable.class)
                .hasMessageContaining("take: oldest");
        assertThat(replay.plan("desk", new Target.Position(5)).again()).hasValue(15);
        assertThat(count("replay")).isZero();
    }

    @Test
    void with_the_source_elsewhere_a_position_is_taken_and_for_anything_else_it_says_where_to_ask() {
        file.sql()
                .execute("insert into subscription_cursor (subscription, source, lane, position)"
                        + " select 'file', 'faraway', n, 100 from generate_series(0, 7) n");
        var time = new Target.Time(Instant.parse("2026-11-24T10:00:00Z"));
        assertThatThrownBy(() -> replay.plan("faraway", time))
                .isInstanceOf(NotReplayable.class)
                .hasMessageContaining("outbox.jar position --source faraway --at 2026-11-24T10:00:00Z");
        var move = replay.run("faraway", new Target.Position(40), "anna", "again");
        assertThat(move.after()).isEqualTo(Collections.nCopies(LANES, 40L));
        assertThat(move.again()).isEqualTo(OptionalLong.empty());
    }

    private void subscribe() {
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            tx.execute("insert into kept (key, n) values ($1, $2)", noted.key(), noted.n());
            return Outcome.done();
        });
        var options = new DurableSubscriber.Options(
                "file", null, DurableSubscriber.Start.BEGINNING, false, Duration.ofMillis(200));
        var subscriber = new DurableSubscriber(vertx, file.transactions(), options, handlers);
        subscriber.start().await();
        subscribers.add(subscriber);
    }

    /** Both instances go, so that cursors stay. */
    private void holdUp() {
        subscribers.forEach(subscriber -> subscriber.stop().await());
        subscribers.clear();
    }

    private void publish(int from, int to) {
        for (int n = from; n <= to; n++) {
            int number = n;
            desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted(keyOf(number), number)));
        }
    }

    private static String keyOf(int n) {
        return "key-" + n % KEYS;
    }

    private List<Integer> kept() {
        return file.sql().list("select n from kept order by nth", row -> row.getInteger("n"));
    }

    private List<Long> cursors() {
        return file.sql()
                .list(
                        "select position from subscription_cursor where source = 'desk' order by lane",
                        row -> row.getLong("position"));
    }

    private long countAfterCursors() {
        return desk.sql()
                .find(
                        "select count(*) as count from ledger l join file.subscription_cursor c"
                                + " on c.lane = l.lane and l.position > c.position",
                        row -> row.getLong("count"))
                .orElseThrow();
    }

    private int count(String table) {
        return file.sql()
                .find("select count(*)::int as count from " + table, row -> row.getInteger("count"))
                .orElseThrow();
    }

    private Instant now() {
        return desk.sql()
                .find("select clock_timestamp() as now", row -> row.getOffsetDateTime("now"))
                .orElseThrow()
                .toInstant();
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
