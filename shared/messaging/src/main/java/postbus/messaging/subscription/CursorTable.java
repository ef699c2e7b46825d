package postbus.messaging.subscription;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.wire.Batch;

/** Reads and writes {@code subscription_cursor}. */
final class CursorTable {
    private static final String REGISTER = """
            insert into subscription_cursor (subscription, source, lane, position, began_at)
            select $1, $2, n.lane - 1, n.position, case when $4 then n.position end
              from unnest($3::bigint[]) with ordinality as n (position, lane)
                on conflict (subscription, source, lane) do nothing
            """;

    /** Only cursors that have not moved since they began with the oldest message kept: what is kept now begins later. */
    private static final String FOLLOW_OLDEST = """
            update subscription_cursor c
               set position = n.position, began_at = n.position
              from unnest($3::bigint[]) with ordinality as n (position, lane)
             where c.subscription = $1 and c.source = $2 and c.lane = n.lane - 1
               and c.position = c.began_at and c.position < n.position
            """;

    /**
     * Moves a cursor that is at $4 to $5. Where its row is, $6, is only a way to find it, past versions that an open
     * transaction keeps; when another version or row is there, it is looked for by its key.
     */
    static final String ADVANCE = """
            update subscription_cursor
               set position = $5
             where ctid = coalesce(
                       (select c.ctid
                          from subscription_cursor c
                         where c.ctid = $6::text::tid and c.subscription = $1 and c.source = $2 and c.lane = $3),
                       (select c.ctid
                          from subscription_cursor c
                         where c.subscription = $1 and c.source = $2 and c.lane = $3))
               and subscription = $1 and source = $2 and lane = $3 and position = $4 and not paused
            returning exists (select 1
                                from parked_message p
                               where p.subscription = $1 and p.source = $2 and p.lane = $3 and p.holds_key)
                      as has_held_keys, ctid::text as place
            """;

    /** {@link #ADVANCE}, refused by Postgres unless the cursor moved and no key is held: its log says so by this text. */
    static final String REQUIRE_ADVANCE = "with moved as (" + ADVANCE + """
            )
            select case count(*) when 1 then '1' else 'the cursor is elsewhere, or a key is held: looked at first' end::int,
                   max(place) as place
              from moved
             where not has_held_keys
            """;

    private static final String FIND = """
            select position, paused from subscription_cursor where subscription = $1 and source = $2 and lane = $3
            """;

    private static final String ALL = """
            select source, position, paused from subscription_cursor where subscription = $1 order by source, lane
            """;

    /** Of one source, by lane. */
    record Cursors(List<Long> positions, boolean isPaused) {
        static final Cursors NONE = new Cursors(List.of(), false);
    }

    private CursorTable() {}

    /** Makes the cursors of a source that are not there yet; existing ones stay where they are. */
    static void register(Sql sql, String subscription, String source, List<Long> startAt) {
        register(sql, subscription, source, startAt, false);
    }

    /** The same with the oldest messages kept, see {@link #followOldest}. */
    static void registerAtOldest(Sql sql, String subscription, String source, List<Long> pruned) {
        register(sql, subscription, source, pruned, true);
    }

    private static void register(Sql sql, String subscription, String source, List<Long> startAt, boolean isOldest) {
        sql.execute(
                REGISTER,
                Tuple.of(subscription, source)
                        .addArrayOfLong(startAt.toArray(Long[]::new))
                        .addBoolean(isOldest));
    }

    /**
     * Moves up cursors that began with the oldest message and have applied nothing, when that message is not kept any
     * more. Returns whether there were any.
     */
    static boolean followOldest(Sql sql, String subscription, String source, List<Long> pruned) {
        return sql.execute(FOLLOW_OLDEST, Tuple.of(subscription, source).addArrayOfLong(pruned.toArray(Long[]::new)))
                        .rowCount()
                > 0;
    }

    /**
     * Moves each cursor that is where its batch says it should be and not paused, one after the other. Waits for another
     * transaction that is moving or pausing one, and then does not find it there.
     */
    static List<Inbox.Advance> advance(Transaction tx, String subscription, CursorPlaces places, List<Batch> batches) {
        var answers = tx.executeAll(ADVANCE, moves(subscription, places, batches));
        var advances = new ArrayList<Inbox.Advance>();
        for (int i = 0; i < batches.size(); i++) {
            advances.add(advance(batches.get(i), answers.get(i), places));
        }
        return advances;
    }

    private static Inbox.Advance advance(Batch batch, RowSet<Row> rows, CursorPlaces places) {
        if (rows.size() == 0) {
            return Inbox.Advance.NOT_NEXT;
        }
        var row = rows.iterator().next();
        places.put(batch, row.getString("place"));
        return row.getBoolean("has_held_keys") ? Inbox.Advance.MOVED_WITH_HELD_KEYS : Inbox.Advance.MOVED;
    }

    /** The same without waiting: the transaction fails unless all move and no key is held. */
    static void requireAdvance(Transaction tx, String subscription, CursorPlaces places, List<Batch> batches) {
        tx.writeAll(REQUIRE_ADVANCE, moves(subscription, places, batches)).onSuccess(answers -> {
            for (int i = 0; i < batches.size(); i++) {
                places.put(batches.get(i), answers.get(i).iterator().next().getString("place"));
            }
        });
    }

    private static List<Tuple> moves(String subscription, CursorPlaces places, List<Batch> batches) {
        return batches.stream()
                .map(batch -> Tuple.of(
                        subscription,
                        batch.source(),
                        (short) batch.lane(),
                        batch.after(),
                        batch.upto(),
                        places.of(batch)))
                .toList();
    }

    static Inbox.Cursor find(Sql sql, String subscription, String source, int lane) {
        return sql.find(
                        FIND,
                        row -> new Inbox.Cursor(row.getLong("position"), row.getBoolean("paused")),
                        subscription,
                        source,
                        (short) lane)
                .orElseThrow(() -> new IllegalStateException(
                        "no cursor of " + subscription + " for " + source + " lane " + lane + ": not registered"));
    }

    /** The cursors by source. */
    static Map<String, Cursors> all(Sql sql, String subscription) {
        var positions = new HashMap<String, List<Long>>();
        var paused = new HashSet<String>();
        for (var row : sql.execute(ALL, subscription)) { // ordered by lane, and lanes have no gaps
            var source = row.getString("source");
            positions.computeIfAbsent(source, first -> new ArrayList<>()).add(row.getLong("position"));
            if (row.getBoolean("paused")) {
                paused.add(source);
            }
        }
        var cursors = new HashMap<String, Cursors>();
        positions.forEach((source, lanes) -> cursors.put(source, new Cursors(lanes, paused.contains(source))));
        return cursors;
    }
}
