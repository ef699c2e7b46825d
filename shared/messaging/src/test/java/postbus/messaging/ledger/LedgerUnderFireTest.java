package postbus.messaging.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Envelope;
import postbus.messaging.Source;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.postgres.ScratchDatabase;

/**
 * Writers that do everything to be numbered wrongly: they take their transaction id early, dawdle, wait for each
 * other's locks, roll back, use savepoints; while three relays race to cut, in portions small enough to be interrupted
 * by each other.
 */
class LedgerUnderFireTest {
    private static final int WRITERS = 24;
    private static final int TRANSACTIONS_EACH = 120;
    private static final int KEYS = 20;

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    @Timeout(60)
    void every_committed_message_has_one_position_and_every_key_is_in_commit_order() throws Exception {
        long seed = Long.getLong("postbus.seed", System.nanoTime());
        System.out.println("LedgerUnderFireTest seed " + seed + " (set it with -Dpostbus.seed)");
        var source = new Source(vertx, ScratchDatabase.create(), "fire");
        source.ddl("create table counter (key text primary key, n int not null)");
        for (int key = 0; key < KEYS; key++) {
            source.sql().execute("insert into counter values ($1, 0)", "key-" + key);
        }

        var isWriting = new AtomicBoolean(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var longTransaction = source.connect();
            longTransaction.query("begin").execute().await();
            append(longTransaction, "left-open", 1); // has its transaction id, and a low outbox id, from now on

            var cutters = new ArrayList<Future<?>>();
            for (int cutMax : List.of(7, 50, 10_000)) {
                cutters.add(threads.submit(() -> cutWhile(source, cutMax, isWriting)));
            }
            var committed = new AtomicInteger();
            var writers = new ArrayList<Future<?>>();
            for (int writer = 0; writer < WRITERS; writer++) {
                var random = new Random(seed + writer);
                writers.add(threads.submit(() -> write(source, random, committed)));
            }
            for (var writer : writers) {
                writer.get();
            }

            // Nobody waits for the transaction that is still open: all the others get their positions.
            awaitCount(source, "select count(*) as count from ledger", committed.get());
            assertThat(count(source, "select count(*) as count from outbox")).isEqualTo(committed.get());
            longTransaction.query("commit").execute().await();
            longTransaction.close().await();
            awaitCount(source, "select count(*) as count from ledger", committed.get() + 1);
            isWriting.set(false);
            for (var cutter : cutters) {
                cutter.get();
            }
            assertThat(count(source, "select count(*) as count from outbox")).isEqualTo(committed.get() + 1);
        }

        assertThat(count(source, "select count(distinct (tx, id)) as count from ledger"))
                .as("messages cut")
                .isEqualTo(count(source, "select count(*) as count from outbox"));
        assertThat(source.sql().list("select position from ledger order by position", row -> row.getLong("position")))
                .as("positions have no gap and no repetition")
                .isEqualTo(java.util.stream.LongStream.rangeClosed(
                                1, count(source, "select count(*) as count from outbox"))
                        .boxed()
                        .toList());
        assertThat(outOfOrder(source, "l.position")).as("out of commit order").isZero();
        assertThat(outOfOrder(source, "o.tx, o.id"))
                .as("out of commit order when ordered by transaction id: the fire was hot enough")
                .isPositive();
    }

    private static void write(Source source, Random random, AtomicInteger committed) {
        var connection = source.connect();
        for (int i = 0; i < TRANSACTIONS_EACH; i++) {
            connection.query("begin").execute().await();
            connection.query("select pg_current_xact_id()::text").execute().await();
            dawdle(connection, random);
            var key = "key-" + random.nextInt(KEYS);
            int kind = random.nextInt(10);
            if (kind < 2) { // counts, and takes it back to a savepoint
                connection.query("savepoint s").execute().await();
                countUp(connection, key);
                connection.query("rollback to savepoint s").execute().await();
            }
            int n = countUp(connection, key);
            append(connection, key, n);
            if (kind == 9) {
                connection.query("rollback").execute().await();
            } else {
                connection.query("commit").execute().await();
                committed.incrementAndGet();
            }
        }
        connection.close().await();
    }

    private static void dawdle(SqlConnection connection, Random random) {
        connection
                .preparedQuery("select pg_sleep($1)")
                .execute(Tuple.of(random.nextInt(5) / 1000.0))
                .await();
    }

    private static int countUp(SqlConnection connection, String key) {
        return connection
                .preparedQuery("update counter set n = n + 1 where key = $1 returning n")
                .execute(Tuple.of(key))
                .await()
                .iterator()
                .next()
                .getInteger("n");
    }

    /** The body is the count, which the lock on the key makes the commit order. */
    private static void append(SqlConnection connection, String key, int n) {
        var id = UUID.randomUUID();
        var message = new Envelope(
                id, "fire", "fire.counted.v1", key, Instant.now(), null, id, null, null, Buffer.buffer("" + n));
        new Outbox(Source.MESSAGE_BYTES_MAX)
                .append(connection, List.of(message))
                .await();
    }

    private static void cutWhile(Source source, int cutMax, AtomicBoolean isWriting) {
        var session = io.vertx.pgclient.PgConnection.connect(vertx, Relay.readerOptions(source.options()))
                .await();
        var ledger = new Ledger("fire", cutMax);
        while (isWriting.get()) {
            ledger.cut(session).await();
        }
        session.close().await();
    }

    private static long count(Source source, String query) {
        return source.sql().find(query, row -> row.getLong("count")).orElseThrow();
    }

    private static void awaitCount(Source source, String query, long expected) {
        while (count(source, query) < expected) { // bounded by the test's timeout
            vertx.timer(5, TimeUnit.MILLISECONDS).await();
        }
    }

    /** How many messages come after one of their key that was committed later, read in this order. */
    private static int outOfOrder(Source source, String order) {
        var highest = new HashMap<String, Integer>();
        int wrong = 0;
        var query = "select o.key, convert_from(o.data, 'UTF8')::int as n"
                + " from ledger l join outbox o on o.tx = l.tx and o.id = l.id order by " + order;
        for (var row : source.sql().execute(query)) {
            int n = row.getInteger("n");
            if (n < highest.getOrDefault(row.getString("key"), 0)) {
                wrong++;
            } else {
                highest.put(row.getString("key"), n);
            }
        }
        return wrong;
    }
}
