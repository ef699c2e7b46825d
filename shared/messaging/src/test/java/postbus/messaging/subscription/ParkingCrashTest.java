package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Envelope;
import postbus.messaging.Source;
import postbus.messaging.wire.Batch;
import postbus.postgres.ScratchDatabase;

/** An instance that dies between any two steps of applying, parking and retrying, with its database sessions. */
@Timeout(120)
class ParkingCrashTest {
    /** The transaction that a dead process leaves open, and waits until Postgres has rolled it back. */
    private static final String KILL = """
            select pg_terminate_backend(pid, 10000)
              from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
            """;

    private static Vertx vertx;
    private static String database;
    private static Source file;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        database = ScratchDatabase.create();
        file = new Source(vertx, database, "file");
        Shelf.create(file);
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void an_instance_that_dies_while_it_parks_doubles_and_loses_nothing() {
        int crashes = crashAtEachStep((shelf, instance) -> {
            deliver(shelf, instance);
            assertThat(shelf.kept()).containsExactly("b1");
            assertThat(shelf.parkedBriefly())
                    .containsExactly("1 parked failed", "3 parked waiting", "4 parked waiting");
        });
        assertThat(crashes).as("places to die at").isGreaterThan(15);
    }

    @Test
    void an_instance_that_dies_while_it_retries_doubles_and_loses_nothing() {
        int crashes = crashAtEachStep((shelf, instance) -> {
            if (shelf.cursor() == 0) {
                deliver(shelf, shelf.instance()); // this one is healthy
                shelf.clock.turn(Duration.ofSeconds(10));
            }
            shelf.failingAt(9);
            instance.retryDue();
            assertThat(shelf.kept("a")).containsExactly(7, 8);
            assertThat(shelf.parkedBriefly()).containsExactly("4 parked failed");
            assertThat(shelf.parked().get(0).attempts()).isEqualTo(1);
        });
        assertThat(crashes).as("places to die at").isGreaterThan(15);
    }

    /** As a relay does: from where the cursor is. */
    private static void deliver(Shelf shelf, Shelf.Instance instance) {
        shelf.failingAt(7);
        var notes = List.of("a7", "b1", "a8", "a9");
        int cursor = Math.toIntExact(shelf.cursor());
        instance.apply(shelf.batch(Shelf.LANE, cursor, notes.subList(cursor, notes.size())));
        assertThat(shelf.cursor()).isEqualTo(notes.size());
    }

    private interface Scenario {
        void play(Shelf shelf, Shelf.Instance instance);
    }

    /** Returns after how many steps the scenario came to its end undisturbed. */
    private static int crashAtEachStep(Scenario scenario) {
        for (int step = 1; ; step++) {
            var shelf = new Shelf(vertx, file);
            var failpoint = new Failpoint(step);
            try {
                scenario.play(shelf, shelf.instance(inbox -> new CrashingInbox(inbox, failpoint)));
                return step - 1;
            } catch (Crash died) {
                scenario.play(shelf, shelf.instance()); // another instance goes on
            }
        }
    }

    /** Nothing in the process may handle it, as nothing handles a SIGKILL. */
    private static final class Crash extends VirtualMachineError {
        private static final long serialVersionUID = 1L;
    }

    private static final class Failpoint {
        private int stepsLeft;

        Failpoint(int step) {
            stepsLeft = step;
        }

        void pass() {
            if (--stepsLeft == 0) {
                var admin = file.connect();
                admin.query(KILL).execute().await();
                admin.close().await();
                throw new Crash();
            }
        }
    }

    /** Passes the failpoint before and after each step, COMMIT too. */
    private record CrashingInbox(Inbox inbox, Failpoint failpoint) implements Inbox {
        @Override
        public <T> T call(Function<Work, T> work) {
            return committed(inbox.call(crashing(work)));
        }

        @Override
        public <T> T callOnce(Function<Work, T> work) {
            return committed(inbox.callOnce(crashing(work)));
        }

        private <T> Function<Work, T> crashing(Function<Work, T> work) {
            return steps -> {
                T result = work.apply(new CrashingWork(steps, failpoint));
                failpoint.pass();
                return result;
            };
        }

        private <T> T committed(T result) {
            failpoint.pass();
            return result;
        }

        @Override
        public List<Turn> turns(int countMax) {
            failpoint.pass();
            return inbox.turns(countMax);
        }
    }

    private record CrashingWork(Inbox.Work work, Failpoint failpoint) implements Inbox.Work {
        @Override
        public List<Inbox.Advance> advance(List<Batch> batches) {
            failpoint.pass();
            return work.advance(batches);
        }

        @Override
        public void requireAdvance(List<Batch> batches) {
            failpoint.pass();
            work.requireAdvance(batches);
        }

        @Override
        public Inbox.Cursor cursor(Batch batch) {
            failpoint.pass();
            return work.cursor(batch);
        }

        @Override
        public Set<String> heldKeys(Batch batch) {
            failpoint.pass();
            return work.heldKeys(batch);
        }

        @Override
        public Outcome handle(Envelope message) {
            failpoint.pass();
            return work.handle(message);
        }

        @Override
        public void handleAll(List<Envelope> messages) {
            failpoint.pass();
            work.handleAll(messages);
        }

        @Override
        public Instant now() {
            return work.now();
        }

        @Override
        public boolean park(List<Parked> messages, int parkedMax) {
            failpoint.pass();
            return work.park(messages, parkedMax);
        }

        @Override
        public Optional<Parked> take(Inbox.Turn turn) {
            failpoint.pass();
            return work.take(turn);
        }

        @Override
        public void unpark(Parked taken) {
            failpoint.pass();
            work.unpark(taken);
        }

        @Override
        public boolean replace(Parked before, Parked after) {
            failpoint.pass();
            return work.replace(before, after);
        }
    }
}
