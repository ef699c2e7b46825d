package postbus.messaging.inspection;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.Sql;

/** Reads what a service has applied: {@code subscription_cursor}, {@code parked_message}, {@code pause_decision}. */
final class CursorTables {
    private static final String ALL = """
            select subscription, source, bool_or(paused) as is_paused, array_agg(position order by lane) as positions,
                   array_agg(coalesce(began_at, -1) order by lane) as began_at
              from subscription_cursor
             group by subscription, source
             order by subscription, source
            """;

    /** There are at most PARKED_MAX of them, and a batch a lane. */
    private static final String PARKED = """
            select count(*) filter (where state = 'parked') as parked, count(*) filter (where state = 'dead') as dead
              from parked_message
             where subscription = $1 and source = $2
            """;

    private static final String PARKED_IN_ALL = """
            select subscription, count(*) as count from parked_message group by subscription order by subscription
            """;

    /** Of each source what has waited for a person longest. */
    private static final String DEAD = """
            select distinct on (p.subscription, p.source)
                   p.subscription, p.source, p.message_id, p.type, p.key, p.reason, p.error,
                   extract(epoch from clock_timestamp() - p.failed_at)::float8 as seconds,
                   count(*) over (partition by p.subscription, p.source) as count
              from parked_message p
             where p.state = 'dead'
             order by p.subscription, p.source, p.failed_at, p.position
            """;

    /** Of each source the key that failed first and is still tried, with what waits behind. */
    private static final String FAILING = """
            select distinct on (p.subscription, p.source)
                   p.subscription, p.source, p.message_id, p.type, p.key, p.reason, p.error,
                   extract(epoch from clock_timestamp() - p.failing_since)::float8 as seconds,
                   (select count(*)
                      from parked_message later
                     where later.subscription = p.subscription and later.source = p.source and later.lane = p.lane
                       and later.key = p.key and later.holds_key and later.position > p.position) as count
              from parked_message p
             where p.state = 'parked' and p.failing_since is not null
             order by p.subscription, p.source, p.failing_since, p.position
            """;

    private static final String LAST_PAUSE = """
            select decided_at, decided_by, why
              from pause_decision
             where subscription = $1 and source = $2 and decision = 'pause'
             order by id desc
             limit 1
            """;

    private CursorTables() {}

    /** @param beganAt by lane, where it began with the oldest message kept, else -1 */
    record Cursors(String subscription, String source, boolean isPaused, List<Long> positions, List<Long> beganAt) {}

    record Parked(long parked, long dead) {}

    /** @param count of dead letters, or of what waits behind a failing message */
    record Stuck(
            String subscription,
            String source,
            String messageId,
            String type,
            String key,
            String reason,
            @Nullable String error,
            Duration age,
            long count) {}

    record Pause(Instant at, String by, String why) {}

    record Room(String subscription, long parked) {}

    static List<Cursors> all(Sql sql) {
        return sql.list(
                ALL,
                row -> new Cursors(
                        row.getString("subscription"),
                        row.getString("source"),
                        row.getBoolean("is_paused"),
                        List.of(row.getArrayOfLongs("positions")),
                        List.of(row.getArrayOfLongs("began_at"))));
    }

    static Parked parked(Sql sql, String subscription, String source) {
        return sql.find(PARKED, row -> new Parked(row.getLong("parked"), row.getLong("dead")), subscription, source)
                .orElseThrow();
    }

    static List<Room> parkedInAll(Sql sql) {
        return sql.list(PARKED_IN_ALL, row -> new Room(row.getString("subscription"), row.getLong("count")));
    }

    static List<Stuck> dead(Sql sql) {
        return stuck(sql, DEAD);
    }

    static List<Stuck> failing(Sql sql) {
        return stuck(sql, FAILING);
    }

    private static List<Stuck> stuck(Sql sql, String statement) {
        return sql.list(
                statement,
                row -> new Stuck(
                        row.getString("subscription"),
                        row.getString("source"),
                        row.getUUID("message_id").toString(),
                        row.getString("type"),
                        row.getString("key"),
                        row.getString("reason"),
                        row.getString("error"),
                        SourceTables.seconds(
                                Optional.ofNullable(row.getDouble("seconds")).orElse(0.0)),
                        row.getLong("count")));
    }

    static Optional<Pause> lastPause(Sql sql, String subscription, String source) {
        return sql.find(
                LAST_PAUSE,
                row -> new Pause(
                        row.getOffsetDateTime("decided_at").toInstant(),
                        row.getString("decided_by"),
                        row.getString("why")),
                subscription,
                source);
    }
}
