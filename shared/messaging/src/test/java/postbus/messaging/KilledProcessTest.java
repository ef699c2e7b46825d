package postbus.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.relay.RelayProcess;
import postbus.messaging.subscription.SubscriberProcess;
import postbus.messaging.transaction.Cause;
import postbus.postgres.ScratchDatabase;

/** Processes killed with SIGKILL at the worst moment. In the end: nothing lost, nothing doubled, keys in order. */
@Timeout(90)
class KilledProcessTest {
    private static final int KEYS = 5;
    private static final int MESSAGES = 100;

    private String cluster;
    private String database;
    private Vertx vertx;
    private Source desk;
    private Source file;

    @BeforeEach
    void start() {
        cluster = "test-" + UUID.randomUUID();
        database = ScratchDatabase.create();
        vertx = ClusteredVertx.join(cluster);
        desk = new Source(vertx, database, "desk");
        file = new Source(vertx, database, "file");
        // No unique constraint: what is applied twice is there twice
        file.ddl("create table kept (nth bigint generated always as identity, key text, n int)");
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void a_relay_killed_between_cut_and_delivery_loses_and_doubles_nothing() {
        SubscriberProcess.subscriber(vertx, file, () -> {}).start().await();
        try (var doomed = ChildJvm.start(RelayProcess.class, cluster, database, "after-cut")) {
            doomed.awaitLine("READY");
            publish(0, MESSAGES);
            doomed.awaitLine("CUT");
            assertThat(count(desk, "select count(*) as count from ledger")).isPositive();
            assertThat(count(file, "select count(*) as count from kept")).isZero();
            try (var standby = ChildJvm.start(RelayProcess.class, cluster, database, "never")) {
                standby.awaitLine("READY");
                doomed.kill();
                publish(MESSAGES, 2 * MESSAGES);
                assertAllAppliedOnceInOrder(2 * MESSAGES);
            }
        }
    }

    @Test
    void a_subscriber_killed_between_commit_and_reply_loses_and_doubles_nothing() {
        vertx.deployVerticle(RelayProcess.relay(vertx, database, () -> {})).await();
        try (var doomed = ChildJvm.start(SubscriberProcess.class, cluster, database, "before-reply")) {
            doomed.awaitLine("READY");
            publish(0, MESSAGES);
            doomed.awaitLine("COMMITTED");
            assertThat(count(file, "select count(*) as count from kept")).isPositive();
            doomed.kill();
        }
        try (var other = ChildJvm.start(SubscriberProcess.class, cluster, database, "never")) {
            other.awaitLine("READY");
            publish(MESSAGES, 2 * MESSAGES);
            assertAllAppliedOnceInOrder(2 * MESSAGES);
        }
    }

    private void publish(int from, int to) {
        for (int n = from; n < to; n++) {
            int number = n;
            desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted("key-" + number % KEYS, number)));
        }
    }

    private void assertAllAppliedOnceInOrder(int messages) {
        await(() -> count(file, "select count(distinct n) as count from kept") == messages);
        assertThat(count(file, "select count(*) as count from kept")).isEqualTo(messages);
        var last = new HashMap<String, Integer>();
        for (var row : file.sql().execute("select key, n from kept order by nth")) {
            var previous = last.put(row.getString("key"), row.getInteger("n"));
            assertThat(row.getInteger("n")).isEqualTo(previous == null ? row.getInteger("n") : previous + KEYS);
        }
    }

    private static long count(Source source, String query) {
        return source.sql().find(query, row -> row.getLong("count")).orElseThrow();
    }

    private void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(20, TimeUnit.MILLISECONDS).await();
        }
    }
}
