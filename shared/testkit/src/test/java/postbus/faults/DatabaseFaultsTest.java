package postbus.faults;

import io.vertx.sqlclient.SqlConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import postbus.messaging.transaction.Failures;
import postbus.messaging.transaction.PoolExhausted;
import postbus.postgres.LocalPostgres;

/** What happens to a database while messages flow. In the end: nothing lost, nothing doubled, keys in order. */
@Timeout(240)
class DatabaseFaultsTest {
    @TempDir
    private static Path folder;

    private static LocalPostgres postgres;
    private static NotesFlow flow;

    @BeforeAll
    static void start() {
        postgres = LocalPostgres.kept(folder.resolve("data"), 0);
        flow = new NotesFlow(postgres.url());
    }

    @AfterAll
    static void stop() {
        flow.close();
        postgres.close();
    }

    @BeforeEach
    void forget() {
        flow.forgetFailures();
    }

    @Test
    void restarted() {
        try (var load = flow.load()) {
            postgres.close();
            flow.awaitFailure("the database is missed", Failures::isUnavailable);
            postgres = LocalPostgres.kept(folder.resolve("data"), postgres.port());
            load.awaitProgress();
            load.endAndCheck();
        }
    }

    @Test
    void crashed() {
        try (var load = flow.load()) {
            postgres.crash();
            flow.awaitFailure("the database is missed", Failures::isUnavailable);
            postgres = LocalPostgres.kept(folder.resolve("data"), postgres.port());
            load.awaitProgress();
            load.endAndCheck();
        }
    }

    @Test
    void every_session_ended_again_and_again() {
        try (var load = flow.load()) {
            for (int times = 0; times < 5; times++) {
                flow.terminateSessions();
                load.awaitProgress();
            }
            load.endAndCheck();
        }
    }

    @Test
    void every_connection_reset_again_and_again() {
        try (var load = flow.load()) {
            for (int times = 0; times < 5; times++) {
                flow.proxy.reset();
                load.awaitProgress();
            }
            load.endAndCheck();
        }
    }

    @Test
    void unreachable_for_a_while() {
        try (var load = flow.load()) {
            flow.proxy.refuse();
            flow.awaitFailure("the database is missed", Failures::isUnavailable);
            flow.proxy.pass();
            load.awaitProgress();
            load.endAndCheck();
        }
    }

    @Test
    void answering_two_seconds_late_for_a_while() {
        try (var load = flow.load()) {
            flow.proxy.delayAnswers(Duration.ofSeconds(2));
            load.awaitWritten(4);
            flow.proxy.pass();
            load.awaitProgress();
            load.endAndCheck();
        }
    }

    @Test
    void vanished_without_a_word() {
        try (var load = flow.load()) {
            flow.proxy.blackHole();
            flow.awaitFailure("the server is given up", Failures::isUnavailable);
            flow.proxy.pass();
            load.awaitProgress();
            load.endAndCheck();
        }
    }

    @Test
    void with_a_pool_whose_connections_are_all_in_use() {
        try (var load = flow.load()) {
            var held = new ArrayList<SqlConnection>();
            for (int i = 0; i < NotesFlow.POOL_SIZE; i++) {
                held.add(flow.deskPool().getConnection().await());
            }
            long inUse = flow.vertx.setPeriodic(
                    500,
                    tick -> held.forEach(
                            connection -> connection.query("select 1").execute()));
            flow.awaitFailure("the pool is exhausted", PoolExhausted.class::isInstance);
            flow.vertx.cancelTimer(inUse);
            held.forEach(connection -> connection.close().await());
            load.awaitProgress();
            load.endAndCheck();
        }
    }
}
