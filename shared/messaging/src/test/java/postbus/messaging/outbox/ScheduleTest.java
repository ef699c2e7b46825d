package postbus.messaging.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future.State;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.BlocksRead;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Source;
import postbus.messaging.relay.Relay;
import postbus.messaging.transaction.Cause;
import postbus.postgres.ScratchDatabase;

@Timeout(120)
class ScheduleTest {
    private static Vertx vertx;
    private static Source desk;
    private static PgConnection session;
    private static PgConnection other;

    @BeforeAll
    static void startAll() {
        vertx = Vertx.vertx();
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        session =
                PgConnection.connect(vertx, Relay.readerOptions(desk.options())).await();
        other = PgConnection.connect(vertx, Relay.readerOptions(desk.options())).await();
    }

    @AfterAll
    static void stopAll() {
        vertx.close().await();
    }

    @BeforeEach
    void empty() {
        desk.empty();
    }

    @Test
    void what_was_due_days_ago_is_appended_once_the_longest_due_first() {
        var now = Instant.now();
        for (int n : new int[] {3, 1, 2}) {
            sendAt(now.minus(Duration.ofDays(10 - n)), n);
        }
        sendAt(now.plus(Duration.ofHours(1)), 4);
        assertThat(Schedule.releaseDue(session, 100).await()).isEqualTo(3);
        assertThat(Schedule.releaseDue(session, 100).await()).isZero();
        assertThat(appended()).containsExactly(1, 2, 3);
        assertThat(Schedule.millisUntilDue(session).await()).isBetween(1L, 3_600_000L);
    }

    @Test
    void relays_that_release_at_once_append_each_once() {
        var ago = Instant.now().minus(Duration.ofDays(3));
        for (int n = 1; n <= 300; n++) {
            sendAt(ago.plusMillis(n), n);
        }
        while (Future.all(Schedule.releaseDue(session, 7), Schedule.releaseDue(other, 7)).await().list().stream()
                .anyMatch(count -> (int) count > 0)) {}
        assertThat(appended())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 300).boxed().toList());
    }

    /** Whoever withdraws is told whether it will come, while it is being released. */
    @Test
    void what_is_withdrawn_never_comes_and_what_came_was_not_withdrawn() throws Exception {
        var ago = Instant.now().minus(Duration.ofSeconds(1));
        var ids = new ArrayList<UUID>();
        for (int n = 0; n < 200; n++) {
            ids.add(sendAt(ago, n));
        }
        var shuffled = new ArrayList<>(IntStream.range(0, 200).boxed().toList());
        Collections.shuffle(shuffled);
        var withdrawn = Collections.synchronizedList(new ArrayList<Integer>());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var withdrawing = threads.submit(() -> shuffled.forEach(n -> {
                if (desk.transactions().call(Cause.none(), tx -> tx.cancel(ids.get(n)))) {
                    withdrawn.add(n);
                }
            }));
            while (withdrawing.state() == State.RUNNING) {
                Schedule.releaseDue(session, 3).await();
            }
            withdrawing.get();
        }
        while (Schedule.releaseDue(session, 100).await() > 0) {}
        var all = new ArrayList<>(appended());
        assertThat(all).isNotEmpty().noneMatch(withdrawn::contains);
        all.addAll(withdrawn);
        assertThat(all).containsExactlyInAnyOrderElementsOf(shuffled);
    }

    /** Counts what Postgres reads, rather than how long that takes. */
    @Test
    void a_million_that_wait_are_not_looked_at() {
        desk.sql().execute("""
                insert into scheduled (message_id, due_at, type, key, recipient, correlation_id, data)
                select gen_random_uuid(), now() + make_interval(mins => 60 + n), 'file.keep.v1', 'key', 'file',
                       gen_random_uuid(), '{}'
                  from generate_series(1, 1000000) n
                """);
        desk.ddl("analyze scheduled");
        assertThat(BlocksRead.by(session, ScheduledTable.MILLIS_UNTIL_DUE)).isLessThan(20);
        assertThat(BlocksRead.by(session, ScheduledTable.RELEASE_DUE.replace("$1", "100")))
                .isLessThan(20);
        sendAt(Instant.now().minusSeconds(1), 1);
        assertThat(BlocksRead.by(session, ScheduledTable.RELEASE_DUE.replace("$1", "100")))
                .isLessThan(200);
        assertThat(appended()).containsExactly(1);
    }

    private static UUID sendAt(Instant dueAt, int n) {
        return desk.transactions().call(Cause.none(), tx -> tx.sendAt(dueAt, new Keep("key-" + n % 5, n)));
    }

    private static List<Integer> appended() {
        return desk.sql()
                .list(
                        "select data from outbox order by id",
                        row -> row.getBuffer("data").toJsonObject().getInteger("n"));
    }
}
