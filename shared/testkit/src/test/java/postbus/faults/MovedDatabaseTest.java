package postbus.faults;

import io.vertx.sqlclient.ClosedConnectionException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import postbus.messaging.transaction.Failures;
import postbus.postgres.LocalPostgres;
import postbus.postgres.ReplicatedPostgres;
import postbus.postgres.ScratchDatabase;

/** A database that goes on in another place, without a restart of any node. */
@Timeout(240)
class MovedDatabaseTest {
    private static final String SCHEMAS = "'desk', 'file'";

    @TempDir
    private static Path folder;

    private static LocalPostgres elsewhere;

    @BeforeAll
    static void start() {
        elsewhere = LocalPostgres.temporary();
    }

    @AfterAll
    static void stop() {
        elsewhere.close();
    }

    /** Also while the replica is away: then no commit is answered, though the primary may have it. */
    @Test
    void a_promoted_replica_takes_over_and_nothing_is_lost() {
        try (var postgres = ReplicatedPostgres.start(folder);
                var flow = new NotesFlow(postgres.primary().url());
                var load = flow.load()) {
            postgres.stopReplica();
            flow.awaitFailure("a commit is not answered", ClosedConnectionException.class::isInstance);
            postgres.startReplica();
            load.awaitProgress();
            flow.forgetFailures();

            flow.proxy.leadTo(postgres.replica().port()); // too early: it is read only
            flow.proxy.reset();
            flow.awaitFailure("a server that is read only", Failures::isUnavailable);
            var promoted = postgres.failOver();
            flow.proxy.leadTo(promoted.port());
            load.awaitProgress();
            load.endAndCheck();
        }
    }

    @Test
    void a_dump_restored_into_another_cluster_goes_on_there() {
        var here = ScratchDatabase.create();
        var there = sameElsewhere(here);
        try (var flow = new NotesFlow(here);
                var load = flow.load()) {
            flow.proxy.refuse();
            Dump.of(here, SCHEMAS).restoreInto(there);
            flow.proxy.leadTo(elsewhere.port());
            flow.proxy.pass();
            load.awaitProgress();
            load.endAndCheck();
        }
    }

    @Test
    void a_dump_restored_later_goes_on_with_what_is_in_it() {
        var here = ScratchDatabase.create();
        var there = sameElsewhere(here);
        try (var flow = new NotesFlow(here);
                var load = flow.load()) {
            Dump.of(here, SCHEMAS).restoreInto(there);
            load.awaitProgress();
            flow.proxy.leadTo(elsewhere.port());
            flow.proxy.reset();
            load.awaitProgress();
            load.endAndCheckWhatIsLeft();
        }
    }

    /** A database of the same name, with the same tables. */
    private static String sameElsewhere(String here) {
        var name = here.substring(here.lastIndexOf('/') + 1);
        NotesFlow.execute(elsewhere.url(), "create database " + name);
        var url = elsewhere.url();
        var there = url.substring(0, url.lastIndexOf('/') + 1) + name;
        NotesFlow.prepare(there);
        return there;
    }
}
