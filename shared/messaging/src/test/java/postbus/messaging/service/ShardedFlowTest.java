package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Count;
import postbus.messaging.Notes.CountNotes;
import postbus.messaging.Notes.Erase;
import postbus.messaging.Notes.Kept;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Notes.Opened;
import postbus.messaging.Notes.TakeNote;
import postbus.messaging.Observer;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.Shards;
import postbus.messaging.Source;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.subscription.Parking;
import postbus.messaging.trace.Tracing;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** A service in shards, each with its own relay, one that listens to it, and those who ask it. */
@Timeout(60)
class ShardedFlowTest {
    private static final int KEYS = 24;
    private static final int NOTES = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Vertx vertx = Vertx.vertx();
    private final String database = ScratchDatabase.create();
    private final Map<String, Source> sources = new LinkedHashMap<>();

    ShardedFlowTest() {
        Wire.register(vertx);
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    /** Deploys what is asked for, with its schema and relay. */
    private Source start(String name, Shards shards) {
        var source = sources.computeIfAbsent(name, first -> {
            var made = new Source(vertx, database, name);
            made.ddl("""
                    create table note (nth bigint generated always as identity, key text, n int);
                    create table heard (what text, key text)
                    """);
            vertx.deployVerticle(new Relay(name, made.options(), made.pool(), RelayOptions.DEFAULT))
                    .await();
            return made;
        });
        var context = context(source, shards);
        vertx.deployVerticle(name.equals("file") ? new File(context) : new Desk(context))
                .await();
        return source;
    }

    private static ServiceContext context(Source source, Shards shards) {
        return new ServiceContext(
                source.name(),
                source.pool(),
                Clock.systemUTC(),
                Source.MESSAGE_BYTES_MAX,
                Duration.ofMillis(200),
                Parking.DEFAULT,
                ServiceContext.REPLY_RETENTION,
                Observer.NOBODY,
                shards);
    }

    private static final class Desk extends ServiceVerticle {
        Desk(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(TakeNote.class, (command, tx) -> {
                tx.execute("insert into note (key, n) values ($1, $2)", command.key(), command.n());
                tx.publish(new Noted(command.key(), command.n()));
                return new Count(command.n());
            });
            on.query(
                    CountNotes.class,
                    (query, sql) -> sql.find(
                                    "select count(*)::int as count from note where key = $1",
                                    row -> new Count(row.getInteger("count")),
                                    query.key())
                            .orElseThrow());
            on.command(Erase.class, (command, tx) -> tx.execute("delete from note where key = $1", command.key()));
            on.eventOfOwn(Kept.class, (event, tx) -> tx.execute("insert into heard values ('kept', $1)", event.key()));
            on.event(Opened.class, (event, tx) -> tx.execute("insert into heard values ('opened', $1)", event.key()));
        }
    }

    private static final class File extends ServiceVerticle {
        File(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.event(
                    Noted.class,
                    (event, tx) -> tx.execute("insert into note (key, n) values ($1, $2)", event.key(), event.n()));
        }
    }

    @Test
    void each_key_has_one_shard_that_is_asked_and_whoever_listens_hears_all_of_them_in_the_order_of_each_key()
            throws Exception {
        var shards = Shards.parse(List.of("desk:3"), InstantSource.system());
        for (var shard : List.of("desk-0", "desk-1", "desk-2")) {
            start(shard, shards);
        }
        var file = start("file", Shards.NONE); // to listen, nobody has to know how many there are
        var client = new ServiceClient(vertx, PATIENCE, Tracing.OFF, shards);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, KEYS)
                    .<Future<?>>mapToObj(k -> threads.submit(() -> {
                        for (int n = 0; n < NOTES; n++) {
                            client.ask(new TakeNote("k" + k, n), Count.class, RequestHeaders.fresh())
                                    .await();
                        }
                    }))
                    .toList();
            for (var one : all) {
                one.get();
            }
        }

        for (int k = 0; k < KEYS; k++) {
            var key = "k" + k;
            var count = client.ask(new CountNotes(key), Count.class, RequestHeaders.fresh())
                    .await();
            assertThat(count.count()).isEqualTo(NOTES);
            assertThat(notes("desk-0", key).size()
                            + notes("desk-1", key).size()
                            + notes("desk-2", key).size())
                    .isEqualTo(NOTES);
            assertThat(notes(shards.of("desk", key), key)).hasSize(NOTES);
        }
        await("every note is filed", () -> count(file, "select count(*)::int as count from note") == KEYS * NOTES);
        for (int k = 0; k < KEYS; k++) {
            assertThat(notes("file", "k" + k))
                    .isEqualTo(IntStream.range(0, NOTES).boxed().toList());
        }
        assertThat(file.sql()
                        .list(
                                "select distinct source from subscription_cursor where source like 'desk%' order by source",
                                row -> row.getString("source")))
                .containsExactly("desk-0", "desk-1", "desk-2");
    }

    @Test
    void commands_go_to_the_shard_of_their_key_and_of_events_each_shard_gets_its_own_or_all() {
        var shards = Shards.parse(List.of("desk:2"), InstantSource.system());
        var zero = start("desk-0", shards);
        var one = start("desk-1", shards);
        var file = start("file", shards);
        var key = keyOf("desk-1", shards);
        var other = keyOf("desk-0", shards);
        for (var desk : List.of(zero, one)) {
            desk.ddl("insert into note (key, n) values ('" + key + "', 1), ('" + other + "', 1)");
        }
        var transactions = transactions(file, shards);
        transactions.run(Cause.none(), tx -> {
            tx.send(new Erase(key));
            tx.sendAt(Instant.now(), new Erase(other));
            tx.publish(new Kept(key));
            tx.publish(new Opened(key));
        });

        await(
                "both erase",
                () -> notes("desk-1", key).isEmpty() && notes("desk-0", other).isEmpty());
        await(
                "both heard of the opening",
                () -> heard(zero).contains("opened") && heard(one).contains("opened"));
        await("its own was heard of", () -> heard(one).contains("kept"));
        assertThat(heard(zero)).containsExactly("opened");
        assertThat(notes("desk-0", key)).containsExactly(1); // not its key: nobody asked it
        assertThat(notes("desk-1", other)).containsExactly(1);
    }

    @Test
    void a_service_that_is_split_keeps_the_keys_it_has_and_the_shards_get_what_is_new() {
        var desk = start("desk", Shards.NONE);
        var file = start("file", Shards.NONE);
        var old = context(desk, Shards.NONE).newId().toString();
        ask(Shards.NONE, new TakeNote(old, 0));
        var split = Instant.now().plusMillis(1); // ids tell the millisecond
        await("a millisecond has passed", () -> Instant.now().isAfter(split));
        var shards = Shards.parse(List.of("desk:2@" + split), InstantSource.system());
        var zero = start("desk-0", shards);
        var one = start("desk-1", shards);

        var young = List.of(context(zero, shards).newId(), context(one, shards).newId());
        ask(shards, new TakeNote(old, 1));
        young.forEach(id -> ask(shards, new TakeNote(id.toString(), 0)));

        assertThat(notes("desk", old)).containsExactly(0, 1);
        assertThat(notes("desk-0", young.get(0).toString())).containsExactly(0);
        assertThat(notes("desk-1", young.get(1).toString())).containsExactly(0);
        await("all are filed", () -> count(file, "select count(*)::int as count from note") == 4);
        assertThat(notes("file", old)).containsExactly(0, 1);
        // Who was the whole service takes nothing new, and its callers try again, which then is elsewhere
        assertThatThrownBy(context(desk, shards)::newId)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.problem()).isEqualTo(Problem.UNAVAILABLE));
    }

    private void ask(Shards shards, TakeNote command) {
        new ServiceClient(vertx, PATIENCE, Tracing.OFF, shards)
                .ask(command, Count.class, RequestHeaders.fresh())
                .await();
    }

    private Transactions transactions(Source source, Shards shards) {
        return new Transactions(
                vertx.getOrCreateContext(),
                source.name(),
                source.pool(),
                new Outbox(Source.MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new EventBusWake(vertx.getOrCreateContext(), source.name()),
                Observer.NOBODY,
                shards);
    }

    private static String keyOf(String shard, Shards shards) {
        return IntStream.iterate(0, n -> n + 1)
                .mapToObj(n -> "key-" + n)
                .filter(key -> shards.owns(shard, key))
                .findFirst()
                .orElseThrow();
    }

    /** In the order in which they were taken. */
    private List<Integer> notes(String source, String key) {
        return Objects.requireNonNull(sources.get(source))
                .sql()
                .list("select n from note where key = $1 order by nth", row -> row.getInteger("n"), key);
    }

    private static List<String> heard(Source source) {
        return source.sql().list("select what from heard order by what", row -> row.getString("what"));
    }

    private static int count(Source source, String query) {
        return source.sql().find(query, row -> row.getInteger("count")).orElseThrow();
    }

    private static void await(String what, BooleanSupplier condition) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }
}
