package postbus.messaging.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import postbus.messaging.BlocksRead;
import postbus.messaging.Envelope;
import postbus.messaging.Source;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.postgres.ScratchDatabase;

class LedgerTest {
    private static final Ledger.Filter DESK_EVENTS = new Ledger.Filter(null, Set.of("desk.noted.v1"));
    private static final int MANY = 1_000_000;

    private static Vertx vertx;
    private Source desk;
    private PgConnection session;
    private Ledger ledger;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopVertx() {
        vertx.close().await();
    }

    @BeforeEach
    void start() {
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        session =
                PgConnection.connect(vertx, Relay.readerOptions(desk.options())).await();
        ledger = new Ledger("desk", MANY);
    }

    @Test
    void nothing_new_is_no_cut_and_leaves_no_dead_row() {
        append("k", "desk.noted.v1", null, 10);
        ledger.cut(session).await();
        var before = headVersion();
        assertThat(ledger.cut(session).await().count()).isZero();
        assertThat(headVersion()).isEqualTo(before);
    }

    @Test
    void a_cut_reads_little_while_a_transaction_is_open_for_long_and_after_it() {
        append("k", "desk.noted.v1", null, 1);
        ledger.cut(session).await();
        desk.ddl("alter table ledger_head set (autovacuum_enabled = false)");
        var open = desk.connect();
        open.query("begin isolation level repeatable read").execute().await();
        open.query("select from ledger_head").execute().await();
        desk.ddl("do $$ begin for i in 1..20000 loop update ledger_head set passed_id = passed_id; end loop; end $$");
        append("k", "desk.noted.v1", null, 1);
        var head = LedgerTable.head(session).await();
        var cutFew = LedgerTable.CUT_FEW
                .replace("$1", "'" + head.cutThrough() + "'")
                .replace("$2", String.valueOf(head.position()))
                .replace("$3", "0")
                .replace("$4", "10")
                .replace("$5", "8")
                .replace("$6", "'" + head.place() + "'");

        assertThat(BlocksRead.by(session, cutFew)).isBetween(1L, 100L);
        assertThat(ledger.heads(session).await().position()).isEqualTo(2);
        assertThat(BlocksRead.by(session, LedgerTable.HEAD))
                .isGreaterThan(100); // so much it would be, and is for who comes new

        open.query("rollback").execute().await();
        open.close().await();
        desk.ddl("vacuum (analyze) ledger_head");
        assertThat(BlocksRead.by(session, LedgerTable.HEAD)).isBetween(1L, 100L);
    }

    @Test
    void a_cut_larger_than_one_transaction_goes_on_in_the_order_of_one() {
        for (int i = 0; i < 25; i++) {
            append("k" + i, "desk.noted.v1", null, 1);
        }
        var portions = new Ledger("desk", 10);
        assertThat(List.of(
                        portions.cut(session).await().count(),
                        portions.cut(session).await().count(),
                        portions.cut(session).await().count(),
                        portions.cut(session).await().count()))
                .containsExactly(10L, 10L, 5L, 0L);
        assertThat(desk.sql()
                        .list(
                                "select o.id from ledger l join outbox o on o.tx = l.tx and o.id = l.id order by l.position",
                                row -> row.getLong("id")))
                .isSorted()
                .hasSize(25);
    }

    @Test
    void what_commits_between_the_portions_of_a_cut_comes_after_them() {
        for (int i = 0; i < 15; i++) {
            append("early", "desk.noted.v1", null, 1);
        }
        var portions = new Ledger("desk", 10);
        portions.cut(session).await();
        append("late", "desk.noted.v1", null, 1);
        portions.cut(session).await();
        portions.cut(session).await();
        assertThat(desk.sql()
                        .list(
                                "select o.key from ledger l join outbox o on o.tx = l.tx and o.id = l.id"
                                        + " order by l.position desc limit 1",
                                row -> row.getString("key")))
                .containsExactly("late");
        assertThat(ledger.heads(session).await().position()).isEqualTo(16);
    }

    @Test
    void the_lane_is_the_first_byte_of_the_keys_sha256_modulo_the_lanes() throws Exception {
        for (var key : List.of("a", "b", "order-17", "ключ")) {
            append(key, "desk.noted.v1", null, 1);
            var lane = ledger.cut(session).await().heads().get(0).lane();
            var hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            assertThat(lane).isEqualTo(Byte.toUnsignedInt(hash[0]) % 8);
        }
    }

    @Test
    void a_reader_gets_what_it_asked_for_and_the_places_of_the_rest() {
        append("k", "desk.noted.v1", null, 1);
        append("k", "desk.scribbled.v1", null, 1);
        append("k", "file.keep.v1", "file", 1);
        append("k", "safe.lock.v1", "safe", 1);
        ledger.cut(session).await();
        assertThat(types(read(0, DESK_EVENTS, 10, MANY))).containsExactly("desk.noted.v1", "-", "-", "-");
        assertThat(types(read(0, new Ledger.Filter("file", Set.of("desk.scribbled.v1")), 10, MANY)))
                .containsExactly("-", "desk.scribbled.v1", "file.keep.v1", "-");
        assertThat(types(read(2, new Ledger.Filter("safe", Set.of()), 10, MANY)))
                .containsExactly("-", "safe.lock.v1");
    }

    @Test
    void a_reader_gets_every_version_of_the_types_it_knows_and_no_others_that_look_like_them() {
        for (var type : List.of("desk.noted.v1", "desk.noted.v2", "desk.noted.v37", "desk.noted-twice.v1")) {
            append("k", type, null, 1);
        }
        ledger.cut(session).await();
        assertThat(types(read(0, DESK_EVENTS, 10, MANY)))
                .containsExactly("desk.noted.v1", "desk.noted.v2", "desk.noted.v37", "-");
        assertThat(types(read(0, new Ledger.Filter(null, Set.of("desk.noted.v2", "desk.noted-twice.v3")), 10, MANY)))
                .containsExactly("desk.noted.v1", "desk.noted.v2", "desk.noted.v37", "desk.noted-twice.v1");
    }

    @Test
    void a_batch_is_bounded_by_count() {
        for (int i = 0; i < 7; i++) {
            append("k", "desk.noted.v1", null, 1);
        }
        ledger.cut(session).await();
        assertThat(read(0, DESK_EVENTS, 5, MANY)).hasSize(5);
        assertThat(read(5, DESK_EVENTS, 5, MANY)).hasSize(2);
    }

    @Test
    void a_batch_is_bounded_by_bytes_but_never_empty() {
        for (int i = 0; i < 5; i++) {
            append("k", "desk.noted.v1", null, 1_000);
        }
        ledger.cut(session).await();
        assertThat(read(0, DESK_EVENTS, 100, 2_500)).hasSize(3);
        assertThat(read(0, DESK_EVENTS, 100, 1)).hasSize(1);
    }

    @Test
    void a_message_is_read_as_it_was_written() {
        var written = append("k", "file.keep.v1", "file", 100);
        ledger.cut(session).await();
        assertThat(read(0, new Ledger.Filter("file", Set.of()), 1, MANY).get(0).message())
                .isEqualTo(written);
    }

    @Test
    void the_hot_statements_use_their_indexes_also_when_the_tables_are_empty() {
        for (var statement : List.of(LedgerTable.CUT, LedgerTable.CUT_FEW, LedgerTable.READ)) {
            var plan = plan(statement);
            assertThat(plan).contains("Index Cond").contains("outbox_pkey");
            assertThat(plan).doesNotContain("Seq Scan on outbox").doesNotContain("Seq Scan on ledger ");
        }
        assertThat(plan(LedgerTable.READ)).contains("ledger_pkey");
        assertThat(plan(LedgerTable.CUT_FEW))
                .contains("Tid Scan on ledger_head")
                .doesNotContain("Seq Scan");
        assertThat(plan(LedgerTable.BEHIND))
                .contains("ledger_pkey", "outbox_pkey")
                .doesNotContain("Seq Scan");
        assertThat(plan(LedgerTable.CUT)).doesNotContain("JIT");
    }

    @Test
    void who_finds_the_head_where_another_left_it_goes_on_from_there() {
        var other = new Ledger("desk", MANY);
        for (int round = 1; round <= 3; round++) {
            for (var cutting : List.of(ledger, other, ledger)) {
                var before = ledger.heads(session).await().position();
                append("key", "desk.noted.v1", null, 1);
                append("key", "desk.noted.v1", null, 1);
                var cut = cutting.cut(session).await();
                assertThat(cut.after()).isEqualTo(before);
                assertThat(cut.count()).isEqualTo(2);
                assertThat(cut.messages())
                        .extracting(Ledger.CutMessage::position)
                        .containsExactly(before + 1, before + 2);
                assertThat(cutting.cut(session).await().count()).isZero();
            }
        }
    }

    @Test
    void a_cut_tells_what_it_cut_and_of_much_only_the_heads() {
        append("key", "desk.noted.v1", null, 100);
        var first = ledger.cut(session).await();
        assertThat(first.messages()).singleElement().satisfies(message -> {
            assertThat(message.position()).isEqualTo(first.upto());
            assertThat(message.message().key()).isEqualTo("key");
        });
        for (int i = 0; i <= Ledger.TAIL_MAX; i++) {
            append("key", "desk.noted.v1", null, 1);
        }
        var second = ledger.cut(session).await();
        assertThat(second.after()).isEqualTo(first.upto());
        assertThat(second.count()).isEqualTo(Ledger.TAIL_MAX + 1);
        assertThat(second.messages()).isEmpty();
        assertThat(second.heads())
                .containsExactly(new Ledger.LaneHead(first.heads().get(0).lane(), second.upto()));
    }

    /** The generic plan, the one a prepared statement keeps. */
    private String plan(String statement) {
        var parameters = switch (statement) {
            case LedgerTable.CUT -> "(bigint, bigint)";
            case LedgerTable.CUT_FEW -> "(text, bigint, bigint, int, int, text)";
            case LedgerTable.BEHIND -> "(smallint[], bigint[], bigint)";
            default -> "(smallint, bigint, bigint, text, text[], bigint)";
        };
        var arguments = switch (statement) {
            case LedgerTable.CUT -> "(10, 10)";
            case LedgerTable.CUT_FEW -> "('1:1:', 0, 0, 10, 8, '(0,1)')";
            case LedgerTable.BEHIND -> "(array[1], array[0], 10)";
            default -> "(1, 0, 10, null, array['t'], 1000)";
        };
        session.query("deallocate all").execute().await();
        session.query("set plan_cache_mode = force_generic_plan").execute().await();
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

    private List<Ledger.Entry> read(long after, Ledger.Filter filter, int countMax, int bytesMax) {
        var lane = ledger.heads(session).await().lanes().stream()
                .map(head -> head > 0)
                .toList()
                .indexOf(true);
        return ledger.read(session, lane, after, filter, countMax, bytesMax).await();
    }

    private static List<String> types(List<Ledger.Entry> entries) {
        return entries.stream()
                .map(entry -> entry.message() == null ? "-" : entry.message().type())
                .collect(Collectors.toList());
    }

    private String headVersion() {
        return desk.sql()
                .find("select ctid::text || xmin::text as version from ledger_head", row -> row.getString("version"))
                .orElseThrow();
    }

    private Envelope append(String key, String type, @Nullable String recipient, int bytes) {
        var id = UUID.randomUUID();
        var time = Instant.parse("2026-01-02T03:04:05.678901Z");
        var body = Buffer.buffer("x".repeat(bytes));
        var message = new Envelope(id, "desk", type, key, time, recipient, id, id, "00-trace-01", body);
        new Outbox(Source.MESSAGE_BYTES_MAX).append(session, List.of(message)).await();
        return message;
    }
}
