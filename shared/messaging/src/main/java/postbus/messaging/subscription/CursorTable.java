package postbus.messaging.subscription;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code subscription_cursor}. */
final class CursorTable {
    private static final String REGISTER = """
            insert into subscription_cursor (subscription, source, lane, position)
            select $1, $2, n.lane - 1, n.position
              from unnest($3::bigint[]) with ordinality as n (position, lane)
                on conflict (subscription, source, lane) do nothing
            """;

    static final String ADVANCE = """
            update subscription_cursor
               set position = $5
             where subscription = $1 and source = $2 and lane = $3 and position = $4
            returning exists (select 1
                                from parked_message p
                               where p.subscription = $1 and p.source = $2 and p.lane = $3 and p.holds_key)
                      as has_held_keys
            """;

    private static final String POSITION = """
            select position from subscription_cursor where subscription = $1 and source = $2 and lane = $3
            """;

    private static final String ALL = """
            select source, position from subscription_cursor where subscription = $1 order by source, lane
            """;

    private CursorTable() {}

    /** Makes the cursors of a source that are not there yet; existing ones stay where they are. */
    static void register(Sql sql, String subscription, String source, List<Long> startAt) {
        sql.execute(REGISTER, Tuple.of(subscription, source).addArrayOfLong(startAt.toArray(Long[]::new)));
    }

    /**
     * Moves a cursor if it is where the batch says it should be. Waits for another transaction that is moving it, and
     * then does not find it there.
     */
    static Inbox.Advance advance(Sql sql, String subscription, String source, int lane, long from, long to) {
        return sql.find(
                        ADVANCE,
                        row -> row.getBoolean("has_held_keys")
                                ? Inbox.Advance.MOVED_WITH_HELD_KEYS
                                : Inbox.Advance.MOVED,
                        subscription,
                        source,
                        (short) lane,
                        from,
                        to)
                .orElse(Inbox.Advance.NOT_NEXT);
    }

    static long position(Sql sql, String subscription, String source, int lane) {
        return sql.find(POSITION, row -> row.getLong("position"), subscription, source, (short) lane)
                .orElseThrow(() -> new IllegalStateException(
                        "no cursor of " + subscription + " for " + source + " lane " + lane + ": not registered"));
    }

    /** The cursors by source, by lane. */
    static Map<String, List<Long>> all(Sql sql, String subscription) {
        var cursors = new HashMap<String, List<Long>>();
        for (var row : sql.execute(ALL, subscription)) { // ordered by lane, and lanes have no gaps
            cursors.computeIfAbsent(row.getString("source"), source -> new ArrayList<>())
                    .add(row.getLong("position"));
        }
        return cursors;
    }
}
