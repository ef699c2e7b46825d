package postbus.messaging.replay;

import io.vertx.sqlclient.Tuple;
import java.util.List;
import postbus.messaging.transaction.Sql;

/**
 * Writes {@code replay}, and what goes with it in the same transaction: moves {@code subscription_cursor}, deletes from
 * {@code parked_message}.
 */
final class ReplayTable {
    private static final String CURSORS = """
            select position from subscription_cursor
             where subscription = $1 and source = $2
             order by lane
            """;

    private static final String LOCK_CURSORS = """
            select position from subscription_cursor
             where subscription = $1 and source = $2
             order by lane
               for update
            """;

    private static final String MOVE_CURSORS = """
            update subscription_cursor c
               set position = n.position, began_at = case when $4 then n.position end
              from unnest($3::bigint[]) with ordinality as n (position, lane)
             where c.subscription = $1 and c.source = $2 and c.lane = n.lane - 1
            """;

    private static final String COUNT_PARKED = """
            select count(*)::int as count
              from parked_message p
              join unnest($3::bigint[]) with ordinality as n (position, lane) on p.lane = n.lane - 1
             where p.subscription = $1 and p.source = $2 and p.position > n.position
            """;

    private static final String DELETE_PARKED = """
            delete from parked_message p
             using unnest($3::bigint[]) with ordinality as n (position, lane)
             where p.subscription = $1 and p.source = $2 and p.lane = n.lane - 1 and p.position > n.position
            """;

    private static final String INSERT = """
            insert into replay (subscription, source, asked, cursors_before, cursors_after, moved_by, why)
            values ($1, $2, $3, $4, $5, $6, $7)
            """;

    private ReplayTable() {}

    /** By lane. */
    static List<Long> cursors(Sql sql, String subscription, String source) {
        return sql.list(CURSORS, row -> row.getLong("position"), subscription, source);
    }

    static List<Long> lockCursors(Sql sql, String subscription, String source) {
        return sql.list(LOCK_CURSORS, row -> row.getLong("position"), subscription, source);
    }

    static void moveCursors(Sql sql, String subscription, String source, List<Long> cursors, boolean isOldest) {
        sql.execute(MOVE_CURSORS, scope(subscription, source, cursors).addBoolean(isOldest));
    }

    static int countParked(Sql sql, String subscription, String source, List<Long> cursors) {
        return sql.execute(COUNT_PARKED, scope(subscription, source, cursors))
                .iterator()
                .next()
                .getInteger("count");
    }

    static void deleteParked(Sql sql, String subscription, String source, List<Long> cursors) {
        sql.execute(DELETE_PARKED, scope(subscription, source, cursors));
    }

    private static Tuple scope(String subscription, String source, List<Long> cursors) {
        return Tuple.of(subscription, source).addArrayOfLong(cursors.toArray(Long[]::new));
    }

    static void insert(
            Sql sql, String subscription, String source, String asked, Replay.Move move, String movedBy, String why) {
        sql.execute(
                INSERT,
                Tuple.of(subscription, source, asked)
                        .addArrayOfLong(move.before().toArray(Long[]::new))
                        .addArrayOfLong(move.after().toArray(Long[]::new))
                        .addString(movedBy)
                        .addString(why));
    }
}
