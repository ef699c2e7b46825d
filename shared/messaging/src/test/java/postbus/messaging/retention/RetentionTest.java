package postbus.messaging.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Envelope;
import postbus.messaging.Source;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.ledger.MessagesPruned;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.postgres.ScratchDatabase;

@Timeout(120)
class RetentionTest {
    private static final int LANES = 8;

    private static Vertx vertx;
    private static Source desk;
    private static PgConnection session;
    private final Ledger ledger = new Ledger("desk", 10_000);
    private final Retention retention = new Retention(new Retention.Options(
            Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(1), Duration.ofMinutes(1), 10));

    @BeforeAll
    static void startAll() {
        vertx = Vertx.vertx();
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        session =
                PgConnection.connect(vertx, Relay.readerOptions(desk.options())).await();
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
    void what_is_old_is_deleted_from_ledger_and_outbox_and_nothing_else() {
        publish(1, 30);
        markAged(Duration.ofDays(8));
        publish(31, 50);
        markAged(Duration.ofDays(6));
        publish(51, 55);
        pruneAll();
        assertThat(numbers()).containsExactlyElementsOf(range(31, 55));
        assertThat(count("ledger")).isEqualTo(25);
    }

    @Test
    void what_has_no_position_yet_is_kept_however_old() {
        append(1, 5);
        markAged(Duration.ofDays(8)); // nothing was cut: no mark
        desk.sql().execute("insert into ledger_mark values (1000000, now() - interval '10 days')");
        pruneAll();
        assertThat(numbers()).containsExactlyElementsOf(range(1, 5));
    }

    @Test
    void nothing_is_deleted_that_a_registered_subscription_has_not_applied() {
        publish(1, 40);
        markAged(Duration.ofDays(8));
        retention.register(session, "quick", at(40)).await();
        retention.register(session, "slow", at(25)).await();
        pruneAll();
        assertThat(numbers()).containsExactlyElementsOf(range(26, 40));
        retention.register(session, "slow", at(40)).await();
        pruneAll();
        assertThat(numbers()).isEmpty();
    }

    @Test
    void who_is_forgotten_holds_nothing() {
        publish(1, 20);
        markAged(Duration.ofDays(8));
        retention.register(session, "gone", at(0)).await();
        pruneAll();
        assertThat(numbers()).hasSize(20);
        assertThat(Retention.forget(session, "gone").await()).isTrue();
        assertThat(Retention.forget(session, "gone").await()).isFalse();
        pruneAll();
        assertThat(numbers()).isEmpty();
    }

    @Test
    void who_was_silent_for_longer_than_messages_are_held_is_forgotten() {
        retention.register(session, "gone", at(0)).await();
        retention.register(session, "away", at(0)).await();
        desk.sql().execute("update subscription set announced_at = now() - interval '31 days' where name = 'gone'");
        desk.sql().execute("update subscription set announced_at = now() - interval '29 days' where name = 'away'");
        assertThat(retention.forgetSilent(session).await()).containsExactly("gone");
        assertThat(Retention.registered(session).await())
                .extracting(Retention.Registered::name)
                .containsExactly("away");
    }

    @Test
    void a_lane_that_is_deleted_to_its_end_keeps_its_head() {
        publish(1, 20);
        var before = ledger.heads(session).await();
        markAged(Duration.ofDays(8));
        pruneAll();
        var after = ledger.heads(session).await();
        assertThat(after.lanes()).isEqualTo(before.lanes());
        assertThat(after.pruned()).isEqualTo(before.lanes());
        publish(21, 21);
        assertThat(ledger.heads(session).await().position()).isEqualTo(21);
    }

    @Test
    void a_reader_that_comes_too_late_is_told_and_never_passes_over_what_is_gone() {
        publish(1, 20);
        var lane = laneOf("k1");
        markAged(Duration.ofDays(8));
        publish(21, 40);
        pruneAll();
        var pruned = ledger.heads(session).await().pruned().get(lane);
        assertThat(pruned).isPositive();
        assertThatThrownBy(() -> read(lane, 0))
                .isInstanceOfSatisfying(
                        MessagesPruned.class, gap -> assertThat(gap.upto()).isEqualTo(pruned));
        assertThatThrownBy(() -> read(lane, pruned - 1)).isInstanceOf(MessagesPruned.class);
        assertThat(read(lane, pruned)).isNotEmpty();
    }

    @Test
    void a_reader_that_comes_too_late_is_told_also_when_nothing_is_left() {
        publish(1, 20);
        markAged(Duration.ofDays(8));
        pruneAll();
        assertThatThrownBy(() -> read(laneOf("k1"), 0)).isInstanceOf(MessagesPruned.class);
        assertThat(read(laneOf("k1"), 20)).isEmpty();
    }

    @Test
    void a_mark_is_never_later_than_the_time_asked_for() {
        publish(1, 10);
        retention.mark(session).await();
        var between = now();
        publish(11, 15);
        retention.mark(session).await();
        publish(16, 20);
        assertThat(Retention.positionAt(desk.sql(), between.minus(Duration.ofDays(1))))
                .isZero();
        assertThat(Retention.positionAt(desk.sql(), between)).isEqualTo(10);
        assertThat(Retention.positionAt(desk.sql(), now())).isEqualTo(15);
    }

    @Test
    void a_source_at_rest_gets_no_more_marks() {
        retention.mark(session).await();
        assertThat(count("ledger_mark")).isZero();
        publish(1, 1);
        retention.mark(session).await();
        retention.mark(session).await();
        assertThat(count("ledger_mark")).isEqualTo(1);
    }

    @Test
    void marks_go_with_the_messages_and_the_last_before_them_stays() {
        publish(1, 10);
        markAged(Duration.ofDays(10));
        publish(11, 20);
        markAged(Duration.ofDays(8));
        publish(21, 30);
        markAged(Duration.ofDays(1));
        pruneAll();
        retention.pruneMarks(session).await();
        assertThat(desk.sql().list("select position from ledger_mark order by position", row -> row.getLong(0)))
                .containsExactly(20L, 30L);
        desk.sql().execute("update ledger_mark set cut_at = now() - interval '8 days'");
        pruneAll();
        retention.pruneMarks(session).await();
        assertThat(desk.sql().list("select position from ledger_mark", row -> row.getLong(0)))
                .containsExactly(30L);
    }

    @Test
    void how_many_messages_wait_for_a_subscription_is_counted_by_lane() {
        publish(1, 30);
        retention.register(session, "away", at(10)).await();
        var away = Retention.registered(session).await().get(0);
        assertThat(away.behindInAll()).isEqualTo(20);
        assertThat(away.cursors()).isEqualTo(at(10));
        assertThat(away.behind()).hasSize(LANES);
        assertThat(away.silent()).isLessThan(Duration.ofMinutes(5));
    }

    @Test
    void two_that_delete_at_once_delete_what_one_would() {
        publish(1, 200);
        markAged(Duration.ofDays(8));
        var other =
                PgConnection.connect(vertx, Relay.readerOptions(desk.options())).await();
        for (int lane = 0; lane < LANES; lane++) {
            var one = retention.prune(session, lane, 150);
            var two = retention.prune(other, lane, 150);
            while (one.await().isMore() || two.await().isMore()) {
                one = retention.prune(session, lane, 150);
                two = retention.prune(other, lane, 150);
            }
        }
        assertThat(numbers()).containsExactlyElementsOf(range(151, 200));
    }

    @Test
    void deleting_and_counting_use_the_index_from_where_the_last_deletion_ended() {
        var prune = plan(PrunedTable.PRUNE, "(smallint, bigint, bigint)", "(1, 10, 10)");
        assertThat(prune).contains("ledger_pkey").contains("outbox_pkey").doesNotContain("Seq Scan on outbox");
        assertThat(prune)
                .containsPattern("Index Cond: \\(\\(lane = \\$1\\) AND \\(\"?position\"? > .*AND \\(\"?position\"? <=");
        assertThat(plan(SubscriptionTable.ALL, "(bigint)", "(10)")).contains("ledger_pkey");
    }

    private String plan(String statement, String parameters, String arguments) {
        session.query("set plan_cache_mode = force_generic_plan").execute().await();
        session.query("deallocate all").execute().await();
        session.query("prepare hot " + parameters + " as " + statement)
                .execute()
                .await();
        var lines = new ArrayList<String>();
        for (Row row :
                session.query("explain execute hot " + arguments).execute().await()) {
            lines.add(row.getString(0));
        }
        return String.join("\n", lines);
    }

    private void pruneAll() {
        var lastOld = retention.lastOld(session).await();
        if (lastOld == null) {
            return;
        }
        for (int lane = 0; lane < LANES; lane++) {
            while (retention.prune(session, lane, lastOld).await().isMore()) {}
        }
    }

    /** Marks what is cut so far, as if it had been so long ago. */
    private void markAged(Duration age) {
        retention.mark(session).await();
        desk.sql()
                .execute(
                        "update ledger_mark set cut_at = cut_at - make_interval(secs => $1)"
                                + " where position = (select max(position) from ledger_mark)",
                        (double) age.toSeconds());
    }

    private void publish(int from, int to) {
        append(from, to);
        ledger.cut(session).await();
    }

    private void append(int from, int to) {
        for (int n = from; n <= to; n++) {
            append(session, n);
        }
    }

    private static void append(SqlConnection connection, int n) {
        var id = UUID.randomUUID();
        var message = new Envelope(
                id, "desk", "desk.noted.v1", "k" + n % 20, Instant.now(), null, id, null, null, Buffer.buffer("" + n));
        new Outbox(Source.MESSAGE_BYTES_MAX)
                .append(connection, List.of(message))
                .await();
    }

    private List<Ledger.Entry> read(int lane, long after) {
        return ledger.read(session, lane, after, new Ledger.Filter(null, Set.of("desk.noted.v1")), 100, 100_000)
                .await();
    }

    private int laneOf(String key) {
        return desk.sql()
                .find(
                        "select get_byte(sha256(convert_to($1, 'UTF8')), 0) % 8 as lane",
                        row -> row.getInteger("lane"), key)
                .orElseThrow();
    }

    private List<Integer> numbers() {
        return desk.sql()
                .list(
                        "select convert_from(data, 'UTF8')::int as n from outbox order by id",
                        row -> row.getInteger("n"));
    }

    private int count(String table) {
        return desk.sql()
                .find("select count(*)::int as count from " + table, row -> row.getInteger("count"))
                .orElseThrow();
    }

    private Instant now() {
        return desk.sql()
                .find("select clock_timestamp() as now", row -> row.getOffsetDateTime("now"))
                .orElseThrow()
                .toInstant();
    }

    private static List<Long> at(long position) {
        return Collections.nCopies(LANES, position);
    }

    private static List<Integer> range(int from, int to) {
        return java.util.stream.IntStream.rangeClosed(from, to).boxed().toList();
    }
}
