package postbus.messaging.trail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Source;
import postbus.postgres.ScratchDatabase;

/** What made the rows is tested where it is made; here their rows do. */
@Timeout(60)
class TrailTest {
    private static Vertx vertx;
    private static Source file;
    private Trail trail;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        file = new Source(vertx, ScratchDatabase.create(), "file");
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @BeforeEach
    void empty() {
        file.empty();
        trail = new Trail(file.sql(), "file");
    }

    private static void pause(String by, String at) {
        file.sql()
                .execute(
                        "insert into pause_decision (decision, decided_at, decided_by, why, subscription, source)"
                                + " values ('pause', $1, $2, 'x', 'file', 'desk')",
                        Instant.parse(at).atOffset(java.time.ZoneOffset.UTC),
                        by);
    }

    private static void replay(String by, String at) {
        file.sql()
                .execute(
                        "insert into replay (subscription, source, asked, cursors_before, cursors_after, moved_by, why,"
                                + " moved_at) values ('file', 'desk', 'oldest', '{7}', '{0}', $2, 'x', $1)",
                        Instant.parse(at).atOffset(java.time.ZoneOffset.UTC), by);
    }

    private static void discard(String by, String at) {
        file.sql().execute("""
                        insert into dead_letter_decision
                               (decision, decided_at, decided_by, why, subscription, source, position, message_id, type,
                                key, state, reason, attempts, error, time, correlation_id, data)
                        values ('discard', $1, $2, 'x', 'file', 'desk', 7, gen_random_uuid(), 'desk.noted.v1', 'k',
                                'dead', 'failed', 10, 'no shelf', now(), gen_random_uuid(), 'x')
                        """, Instant.parse(at).atOffset(java.time.ZoneOffset.UTC), by);
    }

    @Test
    void decisions_of_all_kinds_are_told_the_newest_first() {
        pause("anna", "2026-11-24T10:00:00Z");
        discard("bert", "2026-11-24T10:00:02Z");
        replay("carl", "2026-11-24T10:00:01Z");

        assertThat(trail.page(10, null).decisions())
                .extracting(each -> each.what().text() + " " + each.by() + " " + each.type() + " " + each.detail())
                .containsExactly(
                        "discard bert desk.noted.v1 no shelf", "replay carl null oldest", "pause anna null null");
    }

    @Test
    void pages_follow_each_other_without_gap_or_repetition_also_where_times_are_the_same() {
        for (int n = 0; n < 4; n++) {
            pause("p" + n, "2026-11-24T10:00:00.123456Z");
            discard("d" + n, "2026-11-24T10:00:00.123456Z");
            replay("r" + n, "2026-11-24T10:00:0" + n + "Z");
        }
        var told = new ArrayList<String>();
        String after = null;
        do {
            var page = trail.page(3, after);
            page.decisions().forEach(each -> told.add(each.by()));
            after = page.next();
        } while (after != null);

        assertThat(told).containsExactly("r3", "r2", "r1", "d3", "d2", "d1", "d0", "p3", "p2", "p1", "p0", "r0");
    }

    @Test
    void what_comes_before_and_after_a_time_is_all_or_nothing_of_it() {
        pause("anna", "2026-11-24T10:00:00Z");
        discard("bert", "2026-11-24T10:00:00Z");
        var at = Instant.parse("2026-11-24T10:00:00Z");

        assertThat(trail.page(10, Trail.before(at)).decisions()).hasSize(2);
        assertThat(trail.page(10, Trail.after(at)).decisions()).isEmpty();
    }

    @Test
    void a_place_or_limit_that_is_none_is_refused() {
        for (var wrong : List.of("x", "2026-31-31T10:00:00Z/1/1", "2026-11-24T10:00:00Z/1/99999999999999999999")) {
            assertThatThrownBy(() -> trail.page(10, wrong)).hasMessageContaining("after must be the next of a page");
        }
        assertThatThrownBy(() -> trail.page(101, null)).hasMessageContaining("limit must be 1 to 100");
    }
}
