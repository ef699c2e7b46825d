package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import postbus.messaging.Source;
import postbus.messaging.wire.Ack;
import postbus.postgres.ScratchDatabase;

/** What becomes of a message that cannot be applied, of what follows it, and of all the others. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Paces.class)
class ParkingTest {
    private static Vertx vertx;
    private static String database;
    private static Source file;

    @Parameter
    private Paces pace;

    private Shelf shelf;
    private Shelf.Instance instance;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        database = ScratchDatabase.create();
        file = new Source(vertx, database, "file");
        Shelf.create(file);
        file.ddl("create table tug (id int primary key, n int); insert into tug values (1, 0), (2, 0)");
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @BeforeEach
    void subscribe() {
        shelf = new Shelf(vertx, file).pace(pace);
        instance = shelf.instance();
    }

    @Test
    void a_message_that_fails_is_parked_with_its_error_and_where_it_failed() {
        shelf.failingAt(1);
        assertThat(instance.apply(shelf.batch(0, "a1"))).isEqualTo(new Ack(1, null));
        assertThat(shelf.cursor()).isEqualTo(1);
        assertThat(shelf.kept()).isEmpty();
        assertThat(shelf.parked()).singleElement().satisfies(parked -> {
            assertThat(parked.brief()).isEqualTo("1 parked failed");
            assertThat(parked.attempts()).isEqualTo(1);
            assertThat(parked.error()).isEqualTo("java.lang.IllegalStateException: cannot keep 1");
            assertThat(parked.stack())
                    .startsWith("java.lang.IllegalStateException\n")
                    .contains("at postbus.messaging.subscription.Shelf")
                    .doesNotContain("cannot keep");
        });
    }

    /** The second instance does not know it, and its handler cannot do without what is parked. */
    @Test
    void what_follows_of_its_key_waits_behind_it_also_where_another_instance_parked_it() {
        shelf.meeting((note, tx) -> {
            if (note.n() == 1) {
                return Outcome.later(Duration.ofMinutes(1), "not yet");
            }
            if (!shelf.kept().contains("a1")) {
                throw new IllegalStateException("where is the first?");
            }
            return Outcome.done();
        });
        instance.apply(shelf.batch(0, "a1"));
        assertThat(shelf.instance().apply(shelf.batch(1, "a2"))).isEqualTo(new Ack(2, null));
        assertThat(shelf.parkedBriefly()).containsExactly("1 parked postponed", "2 parked waiting");
    }

    @Test
    void what_follows_of_its_key_is_parked_behind_it_and_every_other_key_flows() {
        shelf.failingAt(1);
        assertThat(instance.apply(shelf.batch(0, "a1", "b5", "a2", "c6", "b7"))).isEqualTo(new Ack(5, null));
        assertThat(instance.apply(shelf.batch(5, "c8", "a3"))).isEqualTo(new Ack(7, null));
        assertThat(shelf.kept()).containsExactly("b5", "c6", "b7", "c8");
        assertThat(shelf.parkedBriefly()).containsExactly("1 parked failed", "3 parked waiting", "7 parked waiting");
    }

    @Test
    void followers_are_applied_in_order_once_the_first_of_the_key_is() {
        shelf.failingAt(1);
        instance.apply(shelf.batch(0, "a1", "a2", "b9", "a3"));
        instance.apply(shelf.batch(4, "a4"));
        shelf.failingAt();
        instance.retryDue();
        assertThat(shelf.kept()).as("not before it is due").containsExactly("b9");
        shelf.clock.turn(Duration.ofSeconds(10));
        instance.retryDue();
        assertThat(shelf.kept("a")).containsExactly(1, 2, 3, 4);
        assertThat(shelf.parked()).isEmpty();
        instance.apply(shelf.batch(5, "a5"));
        assertThat(shelf.kept("a")).as("the key flows again").containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void pauses_between_attempts_grow_and_the_last_one_makes_a_dead_letter_that_holds_its_key() {
        shelf.failingAt(1);
        instance.apply(shelf.batch(0, "a1", "a2"));
        assertPause(5, 10);
        shelf.clock.turn(Duration.ofSeconds(10));
        instance.retryDue();
        assertThat(shelf.parked().get(0).attempts()).isEqualTo(2);
        assertPause(10, 20);
        shelf.clock.turn(Duration.ofSeconds(20));
        instance.retryDue();
        assertThat(shelf.parkedBriefly()).containsExactly("1 dead failed", "2 parked waiting");
        assertThat(shelf.parked().get(0).attempts()).isEqualTo(3);
        shelf.failingAt();
        shelf.clock.turn(Duration.ofDays(2));
        instance.retryDue();
        instance.apply(shelf.batch(2, "a3", "b4"));
        assertThat(shelf.kept()).as("the key waits for a person").containsExactly("b4");
        assertThat(shelf.parkedBriefly()).containsExactly("1 dead failed", "2 parked waiting", "3 parked waiting");
    }

    private void assertPause(int secondsMin, int secondsMax) {
        assertThat(Duration.between(shelf.clock.instant(), shelf.parked().get(0).nextAttemptAt()))
                .isBetween(Duration.ofSeconds(secondsMin - 5), Duration.ofSeconds(secondsMax));
    }

    @Test
    void a_key_goes_on_without_its_dead_letter_where_the_subscription_says_so() {
        instance = shelf.skippingDeadLetters().failingAt(1).instance();
        instance.apply(shelf.batch(0, "a1", "a2"));
        for (int attempt = 2; attempt <= 3; attempt++) {
            shelf.clock.turn(Duration.ofSeconds(40));
            instance.retryDue();
        }
        instance.apply(shelf.batch(2, "a3"));
        assertThat(shelf.kept("a")).containsExactly(2, 3);
        assertThat(shelf.parked())
                .singleElement()
                .satisfies(dead -> assertThat(dead.brief()).isEqualTo("1 dead failed"))
                .satisfies(dead -> assertThat(dead.holdsKey()).isFalse());
    }

    @Test
    void never_makes_a_dead_letter_at_once_and_undoes_what_the_handler_did() {
        shelf.meeting((note, tx) -> note.n() == 1 ? Outcome.never("no such shelf") : Outcome.done());
        instance.apply(shelf.batch(0, "a1", "a2", "b3"));
        assertThat(shelf.kept()).containsExactly("b3");
        assertThat(shelf.parkedBriefly()).containsExactly("1 dead rejected", "2 parked waiting");
        assertThat(shelf.parked().get(0).error()).isEqualTo("no such shelf");
    }

    @Test
    void later_comes_again_then_and_is_no_failed_attempt() {
        shelf.meeting((note, tx) ->
                note.n() == 1 ? Outcome.later(Duration.ofSeconds(30), "the shelf is painted") : Outcome.done());
        instance.apply(shelf.batch(0, "a1", "a2"));
        for (int round = 0; round < 10; round++) { // more often than attempts that fail would be allowed
            shelf.clock.turn(Duration.ofSeconds(25));
            var before = shelf.parked();
            instance.retryDue();
            assertThat(shelf.parked()).as("not yet").isEqualTo(before);
            shelf.clock.turn(Duration.ofSeconds(5));
            instance.retryDue();
            assertThat(shelf.parkedBriefly()).containsExactly("1 parked postponed", "2 parked waiting");
            assertThat(shelf.parked().get(0).attempts()).isZero();
        }
        shelf.meeting((note, tx) -> Outcome.done());
        shelf.clock.turn(Duration.ofSeconds(30));
        instance.retryDue();
        assertThat(shelf.kept()).containsExactly("a1", "a2");
    }

    @Test
    void later_for_ever_is_a_dead_letter_when_its_time_is_over() {
        shelf.meeting((note, tx) -> Outcome.later(Duration.ofMinutes(50), "still painted"));
        instance.apply(shelf.batch(0, "a1"));
        shelf.clock.turn(Duration.ofMinutes(50));
        instance.retryDue();
        assertThat(shelf.parkedBriefly()).containsExactly("1 parked postponed");
        shelf.clock.turn(Duration.ofMinutes(10)); // postponedMax is an hour, and its last attempt is then
        instance.retryDue();
        assertThat(shelf.parkedBriefly()).containsExactly("1 dead postponed");
    }

    @Test
    void a_serialization_failure_is_tried_again_in_place_and_never_parked() {
        var met = new AtomicInteger();
        shelf.meeting((note, tx) -> {
            if (note.n() == 2 && met.incrementAndGet() <= 4) {
                tx.execute("do $$ begin raise exception using errcode = '40001'; end $$");
            }
            return Outcome.done();
        });
        assertThat(instance.apply(shelf.batch(0, "a1", "a2", "a3"))).isEqualTo(new Ack(3, null));
        assertThat(met).hasValueGreaterThan(4);
        assertThat(shelf.kept()).containsExactly("a1", "a2", "a3");
        assertThat(shelf.parked()).isEmpty();
    }

    @Test
    void a_deadlock_is_tried_again_in_place_and_never_parked() throws Exception {
        var met = new AtomicInteger();
        var other = file.connect();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.query("begin").execute().await();
            other.query("update tug set n = n + 1 where id = 2").execute().await();
            var crossing = new ArrayList<Future<?>>();
            shelf.meeting((note, tx) -> {
                tx.execute("select set_config('deadlock_timeout', '20ms', true)"); // this one is to lose
                tx.execute("update tug set n = n + 1 where id = 1");
                if (met.incrementAndGet() == 1) {
                    crossing.add(threads.submit(() -> {
                        other.query("update tug set n = n + 1 where id = 1")
                                .execute()
                                .await();
                        other.query("commit").execute().await();
                    }));
                    awaitBlocked();
                }
                tx.execute("update tug set n = n + 1 where id = 2");
                return Outcome.done();
            });
            assertThat(instance.apply(shelf.batch(0, "a1"))).isEqualTo(new Ack(1, null));
            crossing.get(0).get(10, TimeUnit.SECONDS);
        } finally {
            other.close().await();
        }
        assertThat(met).as("it lost once").hasValue(2);
        assertThat(shelf.kept()).containsExactly("a1");
        assertThat(shelf.parked()).isEmpty();
    }

    private static void awaitBlocked() {
        while (file.sql()
                .list(
                        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update tug%'",
                        r -> r)
                .isEmpty()) { // bounded by the timeout of each test
            vertx.timer(5, TimeUnit.MILLISECONDS).await();
        }
    }

    @Test
    void while_the_database_is_gone_a_batch_is_refused_and_nothing_parked() {
        var admin = PgConnection.connect(
                        vertx,
                        PgConnectOptions.fromUri(database)
                                .setDatabase("postgres")
                                .setUser("postgres"))
                .await();
        var name = PgConnectOptions.fromUri(database).getDatabase();
        try {
            shelf.meeting((note, tx) -> {
                if (note.n() == 2) {
                    admin.query("alter database " + name + " allow_connections false")
                            .execute()
                            .await();
                    admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'")
                            .execute()
                            .await();
                    tx.execute("select 1");
                }
                return Outcome.done();
            });
            var ack = instance.apply(shelf.batch(0, "a1", "a2", "a3"));
            assertThat(ack.cursor()).isLessThan(2);
            assertThat(ack.failure()).isNotNull();
        } finally {
            admin.query("alter database " + name + " allow_connections true")
                    .execute()
                    .await();
            admin.close().await();
        }
        shelf.meeting((note, tx) -> Outcome.done());
        assertThat(shelf.parked()).isEmpty();
        long cursor = shelf.cursor();
        assertThat(cursor).isLessThan(2);
        instance.apply(shelf.batch(0, "a1", "a2", "a3"));
        if (cursor == 1) {
            instance.apply(shelf.batch(1, "a2", "a3"));
        }
        assertThat(shelf.kept()).containsExactly("a1", "a2", "a3");
    }

    @Test
    void where_there_is_no_room_to_park_the_lane_waits_and_loses_nothing() {
        instance = shelf.parking(new Parking(
                        2,
                        Shelf.PARKING.attemptsMax(),
                        Shelf.PARKING.backoff(),
                        Shelf.PARKING.postponedMax(),
                        Shelf.PARKING.retriesMax(),
                        Shelf.PARKING.lookEvery()))
                .failingAt(1)
                .instance();
        instance.apply(shelf.batch(0, "a1", "a2"));
        var full = instance.apply(shelf.batch(2, "b8", "a3", "b9"));
        assertThat(full.cursor()).as("what comes before goes through").isEqualTo(3);
        assertThat(full.failure()).contains("at their limit of 2");
        assertThat(shelf.parkedBriefly()).containsExactly("1 parked failed", "2 parked waiting");
        shelf.failingAt();
        shelf.clock.turn(Duration.ofSeconds(10));
        instance.retryDue();
        assertThat(instance.apply(shelf.batch(3, "a3", "b9"))).isEqualTo(new Ack(5, null));
        assertThat(shelf.kept("a")).containsExactly(1, 2, 3);
        assertThat(shelf.kept("b")).containsExactly(8, 9);
    }

    @Test
    void many_instances_retry_at_once_and_each_key_is_in_one_hand_at_a_time() throws Exception {
        shelf.failingAt(1);
        instance.apply(shelf.batch(0, "a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"));
        var inHand = new ConcurrentHashMap<String, AtomicInteger>();
        var most = new AtomicInteger();
        shelf.meeting((note, tx) -> {
            var hands = inHand.computeIfAbsent(note.key(), key -> new AtomicInteger());
            most.accumulateAndGet(hands.incrementAndGet(), Math::max);
            tx.execute("select pg_sleep(0.02)"); // long enough for the others to come by
            hands.decrementAndGet();
            return Outcome.done();
        });
        shelf.clock.turn(Duration.ofSeconds(10));
        int count = 4;
        var together = new CyclicBarrier(count);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < count; i++) {
                var other = shelf.instance();
                running.add(threads.submit(() -> {
                    together.await();
                    while (!shelf.parked().isEmpty()) {
                        other.retryDue();
                    }
                    return null;
                }));
            }
            for (var each : running) {
                each.get();
            }
        }
        assertThat(most).hasValue(1);
        for (var key : List.of("a", "b", "c")) {
            assertThat(shelf.kept(key)).containsExactly(1, 2, 3);
        }
    }

    @Test
    void a_batch_that_comes_again_does_not_park_again_what_was_parked_or_applied_since() {
        shelf.failingAt(1);
        var batch = shelf.batch(0, "a1", "a2");
        instance.apply(batch);
        assertThat(instance.apply(batch)).isEqualTo(new Ack(2, null));
        assertThat(shelf.parked()).hasSize(2);
        shelf.failingAt();
        shelf.clock.turn(Duration.ofSeconds(10));
        instance.retryDue();
        assertThat(instance.apply(batch)).isEqualTo(new Ack(2, null));
        assertThat(shelf.kept()).containsExactly("a1", "a2");
        assertThat(shelf.parked()).isEmpty();
    }
}
