package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.BlocksRead;
import postbus.messaging.Source;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.wire.Batch;
import postbus.postgres.ScratchDatabase;

/** A cursor is found where it was last, or where it is. */
@Timeout(60)
class CursorPlacesTest {
    private static final int LANE = 3;
    private static Vertx vertx;
    private static Source file;

    private final CursorPlaces places = new CursorPlaces();
    private String subscription;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        file = new Source(vertx, ScratchDatabase.create(), "file");
        file.ddl("alter table subscription_cursor set (autovacuum_enabled = false)");
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @BeforeEach
    void subscribe() {
        subscription = "file-" + UUID.randomUUID();
        CursorTable.register(file.sql(), subscription, "desk", Collections.nCopies(8, 0L));
    }

    @Test
    void a_move_reads_little_while_a_transaction_is_open_for_long_and_after_it() {
        var session = file.connect();
        var open = file.connect();
        open.query("begin isolation level repeatable read").execute().await();
        open.query("select from subscription_cursor").execute().await();
        var place = moveOften(session, 10_000);
        var move = CursorTable.ADVANCE
                .replace("$1", "'" + subscription + "'")
                .replace("$2", "'desk'")
                .replace("$3", String.valueOf(LANE));
        var byPlace = move.replace("$4", "10000").replace("$5", "10001").replace("$6", "'" + place + "'");
        var byKey = move.replace("$4", "10001").replace("$5", "10002").replace("$6", "null");

        assertThat(BlocksRead.by(session, byPlace)).isBetween(1L, 30L);
        assertThat(cursor()).isEqualTo(10_001);
        assertThat(BlocksRead.by(session, byKey)).isGreaterThan(100); // so much it would be, and is for who comes new
        assertThat(cursor()).isEqualTo(10_002);

        open.query("rollback").execute().await();
        open.close().await();
        file.ddl("vacuum (analyze) subscription_cursor");
        assertThat(BlocksRead.by(session, byKey.replace("10002", "10003").replace("10001", "10002")))
                .isBetween(1L, 30L);
        session.close().await();
    }

    /** Returns where the cursor is then. */
    private String moveOften(SqlConnection session, int times) {
        return session.query("create temporary table place (place text)")
                .execute()
                .compose(made ->
                        session.query("""
                        do $$
                        declare
                            place tid;
                        begin
                            select ctid into place
                              from subscription_cursor where subscription = '%1$s' and lane = %2$d;
                            for i in 1..%3$d loop
                                update subscription_cursor set position = i where ctid = place returning ctid into place;
                            end loop;
                            insert into place values (place::text);
                        end $$
                        """.formatted(subscription, LANE, times)).execute())
                .compose(moved -> session.query("select place from place").execute())
                .await()
                .iterator()
                .next()
                .getString("place");
    }

    @Test
    void each_move_tells_where_the_next_one_finds_it() {
        for (int n = 1; n <= 20; n++) {
            int upto = n;
            if (n % 2 == 0) {
                List<Inbox.Advance> advances =
                        in(tx -> CursorTable.advance(tx, subscription, places, List.of(batch(upto - 1, upto))));
                assertThat(advances).containsExactly(Inbox.Advance.MOVED);
            } else {
                require(places, batch(upto - 1, upto));
            }
            assertThat(places.of(batch(upto, upto))).isEqualTo(place(LANE));
        }
    }

    @Test
    void a_cursor_that_another_instance_moved_is_found() {
        var others = new CursorPlaces();
        for (int n = 0; n < 10; n += 2) {
            require(places, batch(n, n + 1));
            require(others, batch(n + 1, n + 2));
        }
        assertThat(cursor()).isEqualTo(10);
    }

    @Test
    void a_cursor_whose_move_was_undone_is_found() {
        require(places, batch(0, 1));
        assertThatThrownBy(() -> in(tx -> {
                    CursorTable.advance(tx, subscription, places, List.of(batch(1, 2)));
                    throw new IllegalStateException("undone");
                }))
                .hasMessage("undone");
        assertThat(places.of(batch(1, 2))).isNotEqualTo(place(LANE));
        require(places, batch(1, 3));
        assertThat(cursor()).isEqualTo(3);
    }

    @Test
    void the_cursor_of_another_lane_is_not_taken_for_it() {
        places.put(batch(0, 1), place(LANE + 1));
        require(places, batch(0, 1));
        assertThat(cursor()).isEqualTo(1);
        assertThat(cursor(LANE + 1)).isZero();
    }

    private void require(CursorPlaces places, Batch batch) {
        in(tx -> {
            CursorTable.requireAdvance(tx, subscription, places, List.of(batch));
            return null;
        });
    }

    private <T> T in(Function<Transaction, T> work) {
        return file.transactions().call(Cause.none(), work);
    }

    private Batch batch(long after, long upto) {
        return new Batch(subscription, "desk", LANE, after, upto, List.of());
    }

    private long cursor() {
        return cursor(LANE);
    }

    private long cursor(int lane) {
        return CursorTable.find(file.sql(), subscription, "desk", lane).position();
    }

    private String place(int lane) {
        return file.sql()
                .find(
                        "select ctid::text as place from subscription_cursor where subscription = $1 and lane = $2",
                        row -> row.getString("place"),
                        subscription,
                        (short) lane)
                .orElseThrow();
    }
}
