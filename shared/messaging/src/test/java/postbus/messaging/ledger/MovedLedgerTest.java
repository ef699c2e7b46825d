package postbus.messaging.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Dump;
import postbus.messaging.Envelope;
import postbus.messaging.Source;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.postgres.LocalPostgres;
import postbus.postgres.ScratchDatabase;

/** A ledger that finds itself in another Postgres cluster, another database, or on another timeline. */
@Timeout(120)
class MovedLedgerTest {
    private static final long EPOCH = 1_000_000_000_000L;

    private static Vertx vertx;
    private static LocalPostgres anotherCluster;
    private static Source desk;
    /** In another database of the same cluster. */
    private static Source nearby;
    /** In another cluster, whose transaction ids began low not long ago. */
    private static Source elsewhere;

    private final Ledger ledger = new Ledger("desk", 1_000);

    @BeforeAll
    static void startAll() {
        vertx = Vertx.vertx();
        anotherCluster = LocalPostgres.temporary();
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        nearby = new Source(vertx, ScratchDatabase.create(), "desk");
        elsewhere = new Source(vertx, anotherCluster.url(), "desk");
    }

    @AfterAll
    static void stopAll() {
        vertx.close().await();
        anotherCluster.close();
    }

    @BeforeEach
    void start() {
        desk.empty();
        nearby.empty();
        elsewhere.empty();
        settle(desk);
    }

    @Test
    void a_ledger_is_settled_where_it_was_first_cut() {
        assertThat(with(desk, ledger::isSettled)).isTrue();
        assertThat(with(desk, ledger::heads).position()).isZero();
    }

    @Test
    void restored_into_a_cluster_whose_transaction_ids_are_behind_everything_is_cut_once() {
        burnTransactionIds(desk, (int) Math.max(1, transactionId(elsewhere) - transactionId(desk) + 1_000));
        restoredElsewhereEverythingIsCutOnce(desk, elsewhere);
    }

    @Test
    void restored_into_a_cluster_whose_transaction_ids_are_ahead_everything_is_cut_once() {
        settle(elsewhere);
        burnTransactionIds(desk, (int) Math.max(1, transactionId(elsewhere) - transactionId(desk) + 1_000));
        restoredElsewhereEverythingIsCutOnce(elsewhere, desk);
    }

    private void restoredElsewhereEverythingIsCutOnce(Source before, Source after) {
        append(before, 1, 20);
        cut(before);
        append(before, 21, 30); // nobody cut these
        long oldIds = before.sql()
                .find("select max(tx::text::bigint) as tx from outbox", row -> row.getLong("tx"))
                .orElseThrow();
        Dump.of(before).restoreInto(after);
        append(after, 31, 35); // written before a relay came

        var settled = settle(after);
        assertThat(settled).isEqualTo(new Ledger.Settled(Ledger.Move.COPIED, 15, EPOCH + 15));
        assertThat(bodies(after)).isEqualTo(numbers(1, 35));
        append(after, 36, 40);
        cut(after);
        for (int n = 41; transactionId(after) <= oldIds; n++) { // over the ids that the copied rows have
            burnTransactionIds(after, 200);
            append(after, n, n);
            cut(after);
        }
        burnTransactionIds(after, 50);
        cut(after);
        int count = bodies(after).size();
        assertThat(bodies(after)).isEqualTo(numbers(1, count));
        assertThat(count).isEqualTo(count(after, "outbox")).isGreaterThanOrEqualTo(40);
    }

    @Test
    void restored_into_another_database_of_the_same_cluster_positions_go_on_above_those_given_since() {
        append(desk, 1, 3);
        cut(desk);
        append(desk, 4, 4);
        var dump = Dump.of(desk);
        append(desk, 5, 9);
        cut(desk); // gives 4 to 9, and a subscriber may have applied them
        dump.restoreInto(nearby);
        assertThat(settle(nearby)).isEqualTo(new Ledger.Settled(Ledger.Move.COPIED, 1, EPOCH + 1));
        append(nearby, 10, 10);
        cut(nearby);
        assertThat(positions(nearby)).containsExactly(1L, 2L, 3L, EPOCH + 1, EPOCH + 2);
    }

    @Test
    void a_ledger_from_before_it_knew_its_home_is_settled_when_its_transaction_ids_are_ahead() {
        append(desk, 1, 2);
        desk.sql().execute("update ledger_head set home = null, cut_through = '9000000000:9000000000:'");
        assertThat(settle(desk)).isEqualTo(new Ledger.Settled(Ledger.Move.COPIED, 2, EPOCH + 2));
    }

    @Test
    void on_a_promoted_replica_positions_go_on_above_those_of_a_lost_tail_and_the_cut_goes_on() {
        append(desk, 1, 3);
        cut(desk);
        append(desk, 4, 5);
        desk.sql().execute("update ledger_head set timeline = timeline - 1"); // as if cut before the promotion
        assertThat(settle(desk)).isEqualTo(new Ledger.Settled(Ledger.Move.PROMOTED, 0, EPOCH));
        append(desk, 6, 6);
        cut(desk);
        assertThat(positions(desk)).containsExactly(1L, 2L, 3L, EPOCH + 1, EPOCH + 2, EPOCH + 3);
        assertThat(bodies(desk)).isEqualTo(numbers(1, 6));
        assertThat(with(desk, ledger::isSettled)).isTrue();
    }

    @Test
    void settling_waits_for_writers_and_misses_none_of_them() {
        append(desk, 1, 1);
        desk.sql().execute("update ledger_head set home = 'elsewhere'");
        var writer = desk.connect();
        writer.query("begin").execute().await();
        append(writer, 2);
        append(desk, 3, 3);
        assertThatThrownBy(() -> settle(desk)).hasMessageContaining("lock timeout");
        writer.query("commit").execute().await();
        assertThat(settle(desk).count()).isEqualTo(3);
        cut(desk);
        assertThat(bodies(desk)).isEqualTo(numbers(1, 3));
    }

    @Test
    void a_sequence_that_stayed_behind_is_raised_or_new_messages_would_be_taken_for_copied_ones() {
        append(desk, 1, 5);
        cut(desk);
        Dump.of(desk).restoreRowsInto(elsewhere);
        settle(elsewhere);
        append(elsewhere, 6, 8);
        cut(elsewhere);
        assertThat(bodies(elsewhere)).isEqualTo(numbers(1, 8));
    }

    @Test
    void a_copy_made_amid_a_large_cut_is_cut_to_its_end() {
        append(desk, 1, 25);
        var portions = new Ledger("desk", 10);
        with(desk, portions::cut);
        Dump.of(desk).restoreInto(elsewhere);
        assertThat(settle(elsewhere)).isEqualTo(new Ledger.Settled(Ledger.Move.COPIED, 15, EPOCH + 15));
        append(elsewhere, 26, 26);
        cut(elsewhere);
        assertThat(bodies(elsewhere)).isEqualTo(numbers(1, 26));
    }

    private Ledger.Settled settle(Source source) {
        return with(source, ledger::settle);
    }

    private void cut(Source source) {
        with(source, ledger::cut);
    }

    private static <T> T with(Source source, Function<SqlConnection, Future<T>> work) {
        var session = PgConnection.connect(vertx, Relay.readerOptions(source.options()))
                .await();
        try {
            return work.apply(session).await();
        } finally {
            session.close().await();
        }
    }

    private static void append(Source source, int from, int to) {
        for (int n = from; n <= to; n++) {
            var connection = source.pool().getConnection().await();
            append((PgConnection) connection, n);
            connection.close().await();
        }
    }

    private static void append(PgConnection connection, int n) {
        var id = UUID.randomUUID();
        var message = new Envelope(
                id, "desk", "desk.noted.v1", "k", Instant.now(), null, id, null, null, Buffer.buffer("" + n));
        new Outbox(Source.MESSAGE_BYTES_MAX)
                .append(connection, List.of(message))
                .await();
    }

    /** The numbers in the order of their positions; a message cut twice is there twice. */
    private static List<Integer> bodies(Source source) {
        return source.sql()
                .list(
                        "select convert_from(o.data, 'UTF8')::int as n from ledger l"
                                + " join outbox o on o.tx = l.tx and o.id = l.id order by l.position",
                        row -> row.getInteger("n"));
    }

    private static List<Long> positions(Source source) {
        return source.sql().list("select position from ledger order by position", row -> row.getLong("position"));
    }

    private static List<Integer> numbers(int from, int to) {
        return java.util.stream.IntStream.rangeClosed(from, to).boxed().toList();
    }

    private static int count(Source source, String table) {
        return source.sql()
                .find("select count(*)::int as count from " + table, row -> row.getInteger("count"))
                .orElseThrow();
    }

    private static long transactionId(Source source) {
        return source.sql()
                .find(
                        "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next",
                        row -> row.getLong("next"))
                .orElseThrow();
    }

    private static void burnTransactionIds(Source source, int count) {
        source.ddl("do $$ begin for i in 1.." + count + " loop perform pg_current_xact_id(); commit; end loop; end $$");
    }
}
