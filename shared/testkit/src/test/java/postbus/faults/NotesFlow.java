package postbus.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import postbus.messaging.Event;
import postbus.messaging.Type;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.retention.Retention;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.subscription.Parking;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Failures;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Wire;
import postbus.node.Database;
import postbus.testkit.Await;
import postbus.testkit.TcpProxy;

/**
 * Writers, a relay and a subscriber in one JVM, which reach their database by a proxy. Each writer publishes the numbers
 * from 0 under a key of its own, each in a transaction with a row of state, and tries a number again until it knows that
 * it is committed. What the subscriber applies it adds to a table without any unique key, so that twice is seen.
 */
final class NotesFlow implements AutoCloseable {
    /** Of a wait for what must happen, on a machine with other work. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(3);

    private static final int WRITERS = 4;
    static final int POOL_SIZE = 4;
    private static final long PAUSE_NANOS = 2_000_000;

    /** Quick to notice what is lost. */
    private static final RelayOptions RELAY = new RelayOptions(
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            20,
            256 * 1024,
            1_000,
            Duration.ofSeconds(4),
            Duration.ofMillis(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(15),
            Duration.ofSeconds(4),
            2,
            Retention.Options.DEFAULT);

    @Type("desk.noted.v1")
    record Noted(String key, int n) implements Event {}

    final Vertx vertx = Vertx.vertx();
    final TcpProxy proxy;
    private final Database database;
    private final Pool deskPool;
    private final Pool filePool;
    private final Transactions desk;
    private final Map<String, Integer> committed = new HashMap<>();
    /** What the writers were told that was not "committed". */
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    NotesFlow(String databaseUrl) {
        var port = Integer.parseInt(databaseUrl.replaceAll(".*:(\\d+)/.*", "$1"));
        this.proxy = TcpProxy.to(port);
        this.database = new Database(
                databaseUrl.replace(":" + port + "/", ":" + proxy.port() + "/"), POOL_SIZE, STATEMENT_TIMEOUT);
        prepare(database.url());
        Wire.register(vertx);
        this.deskPool = database.pool(vertx, "desk");
        this.filePool = database.pool(vertx, "file");
        this.desk = new Transactions(
                vertx.getOrCreateContext(),
                "desk",
                deskPool,
                new Outbox(1_000),
                Clock.systemUTC(),
                new EventBusWake(vertx.getOrCreateContext(), "desk"));
        var options = database.connectOptions("desk", "relay of desk");
        var readers = database.pool(vertx, Relay.readerOptions(options), 4);
        vertx.deployVerticle(new Relay("desk", options, readers, RELAY)).await();
        vertx.deployVerticle(new File(filePool)).await();
    }

    /** Makes the schemas in a database. */
    static void prepare(String databaseUrl) {
        var database = new Database(databaseUrl, POOL_SIZE);
        database.migrate("desk", false);
        database.migrate("file", false);
        execute(databaseUrl, "create table if not exists desk.note (key text, n int, primary key (key, n))");
        execute(
                databaseUrl,
                "create table if not exists file.kept (nth bigint generated always as identity, key text, n int)");
    }

    private static final class File extends ServiceVerticle {
        File(Pool pool) {
            super(new ServiceContext(
                    "file",
                    pool,
                    Clock.systemUTC(),
                    1_000,
                    Duration.ofMillis(300),
                    Parking.DEFAULT,
                    Duration.ofDays(1)));
        }

        @Override
        protected void wire(Subscriptions on) {
            on.event(
                    Noted.class,
                    (noted, tx) -> tx.execute("insert into kept (key, n) values ($1, $2)", noted.key(), noted.n()));
        }
    }

    /** Starts the writers, and waits until some of what they publish is applied. */
    Load load() {
        var load = new Load();
        load.awaitProgress();
        return load;
    }

    /** Writers at work, until closed. */
    final class Load implements AutoCloseable {
        private static final int PROGRESS = 100;

        private final List<Thread> writers = new ArrayList<>();
        private final AtomicInteger written = new AtomicInteger();
        private volatile boolean isEnding;

        private Load() {
            for (int writer = 0; writer < WRITERS; writer++) {
                var key = "key-" + writer;
                writers.add(Thread.ofVirtual().name(key).start(() -> write(key)));
            }
        }

        private void write(String key) {
            int next = committed(key);
            for (; !isEnding; next++) {
                writeOne(key, next);
                written.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            synchronized (committed) {
                committed.put(key, next);
            }
        }

        private void writeOne(String key, int n) {
            while (true) {
                try {
                    desk.run(Cause.none(), tx -> {
                        if (tx.update("insert into note (key, n) values ($1, $2) on conflict do nothing", key, n)
                                == 1) {
                            tx.publish(new Noted(key, n));
                        }
                    });
                    return;
                } catch (Exception failure) { // not committed, or perhaps: then the row is there
                    failures.add(failure);
                    LockSupport.parkNanos(20 * PAUSE_NANOS);
                }
            }
        }

        /** Waits until more is written, and more than was written by then is applied. */
        void awaitProgress() {
            awaitWritten(PROGRESS);
            awaitApplied();
        }

        /** Waits until so many more are written. */
        void awaitWritten(int count) {
            int target = written.get() + count;
            Await.until("more is written", PATIENCE, () -> written.get() >= target);
        }

        private void awaitApplied() {
            long target = applied() + PROGRESS;
            Await.until("more is applied", PATIENCE, () -> applied() >= target);
        }

        /** Ends the writers once each knows that its last number is committed, and checks that all arrived. */
        void endAndCheck() {
            end();
            checkAllAppliedOnceAndInOrder();
            assertThat(notes()).as("what was committed").isEqualTo(committed);
        }

        /** The same where the database lost what was committed last. */
        void endAndCheckWhatIsLeft() {
            end();
            checkAllAppliedOnceAndInOrder();
        }

        @Override
        public void close() {
            isEnding = true;
        }

        private void end() {
            isEnding = true;
            for (var writer : writers) {
                try {
                    assertThat(writer.join(PATIENCE)).as("writer has ended").isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private int committed(String key) {
        synchronized (committed) {
            return committed.getOrDefault(key, 0);
        }
    }

    private void checkAllAppliedOnceAndInOrder() {
        var published = list("select key || ' ' || n from desk.note order by key, n");
        Await.until("all " + published.size() + " are applied", PATIENCE, () -> applied() >= published.size());
        var kept = list("select key || ' ' || n from file.kept order by key, nth");
        for (int i = 0; i < Math.min(published.size(), kept.size()); i++) {
            assertThat(kept.get(i)).as("applied as number " + i + " in all").isEqualTo(published.get(i));
        }
        assertThat(kept).hasSameSizeAs(published);
        assertThat(list("select 'parked ' || key from file.parked_message")).isEmpty();
        assertThat(failures.stream()
                        .filter(failure -> !Failures.isUnavailable(failure) && !Failures.isTimeout(failure)))
                .as("failures that do not pass by themselves")
                .isEmpty();
    }

    /** How many numbers of each key are committed, one above the last of them. */
    private Map<String, Integer> notes() {
        var notes = new HashMap<String, Integer>();
        for (var row : list("select key || ' ' || count(*) from desk.note group by key having count(*) = max(n) + 1")) {
            int space = row.indexOf(' ');
            notes.put(row.substring(0, space), Integer.valueOf(row.substring(space + 1)));
        }
        return notes;
    }

    /** How much the subscriber has applied; fewer when the database does not answer. */
    private long applied() {
        try {
            return Long.parseLong(list("select count(*)::text from file.kept").get(0));
        } catch (IllegalStateException away) {
            return -1;
        }
    }

    /** Waits until a writer was told that of which this is true. */
    void awaitFailure(String what, Predicate<Throwable> isIt) {
        Await.until(what, PATIENCE, () -> failures.stream().anyMatch(isIt));
    }

    /** Forgets what the writers were told so far. */
    void forgetFailures() {
        failures.clear();
    }

    /** The pool of the writers. */
    Pool deskPool() {
        return deskPool;
    }

    /** Ends every session of the database but the one that does it. */
    void terminateSessions() {
        list("""
                select pg_terminate_backend(pid)::text from pg_stat_activity
                 where backend_type = 'client backend' and pid <> pg_backend_pid()
                """);
    }

    /** By a connection of its own, by the proxy. */
    List<String> list(String query) {
        try (var connection = connect(database.url());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var all = new ArrayList<String>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot " + query, e);
        }
    }

    static void execute(String databaseUrl, String sql) {
        try (var connection = connect(databaseUrl);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot " + sql, e);
        }
    }

    static Connection connect(String databaseUrl) throws SQLException {
        var url = "jdbc:postgresql://" + databaseUrl.substring(databaseUrl.indexOf('@') + 1)
                + "?connectTimeout=3&socketTimeout=20";
        return DriverManager.getConnection(url, "postgres", "postgres");
    }

    @Override
    public void close() {
        vertx.close().await();
        proxy.close();
    }
}
