package postbus.messaging.ledger;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/** Reads {@code outbox}, writes {@code ledger} and {@code ledger_head}, empties {@code scheduled}. */
final class LedgerTable {
    /** The last position of each lane, by one descent of the index for each. */
    private static final String HEADS = """
            select h.position, n.lane,
                   pg_snapshot_xmax(h.cut_through) > pg_snapshot_xmax(pg_current_snapshot()) as is_foreign,
                   coalesce((select l.position from ledger l where l.lane = n.lane order by l.position desc limit 1), 0)
                       as lane_position
              from ledger_head h, generate_series(0, h.lanes - 1) as n (lane)
             order by n.lane
            """;

    private static final String LOCK_HEAD = """
            select position from ledger_head for update
            """;

    /**
     * Cuts what this statement sees and the last cut did not see. "Did not see" has two halves: transactions that had
     * not begun (from xmax on) and those that were running (the xip list); each half is a range of the primary key.
     *
     * <p>Order is by outbox.id. Of two transactions on one key the second waited for the first and appended after it,
     * so it has the higher id; and if the second is visible, so is the first.
     *
     * <p>When more than $1 are new, the head remembers the snapshot it works towards ("cutting") and how far it came
     * by id; the next cut goes on in the same set, so the order is that of one large cut.
     *
     * <p>The lane is the first byte of the key's SHA-256, modulo the number of lanes: anybody can compute it, and it
     * does not depend on the version of Postgres.
     */
    static final String CUT = """
            with head as (
                select position, lanes, cut_through, coalesce(cutting, pg_current_snapshot()) as goal, passed_id
                  from ledger_head
            ),
            fresh as (
                select tx, id, key
                  from outbox
                 where tx >= (select pg_snapshot_xmax(cut_through) from head)
                   and id > (select passed_id from head)
                   and pg_visible_in_snapshot(tx, (select goal from head))
                union all
                select tx, id, key
                  from outbox
                 where tx = any (array(select pg_snapshot_xip(cut_through) from head))
                   and id > (select passed_id from head)
                   and pg_visible_in_snapshot(tx, (select goal from head))
                 order by id
                 limit $1
            ),
            cut as (
                insert into ledger (lane, position, tx, id)
                select get_byte(sha256(convert_to(f.key, 'UTF8')), 0) % h.lanes,
                       h.position + row_number() over (order by f.id), f.tx, f.id
                  from fresh f, head h
                returning lane, position
            ),
            total as (
                select count(*) as count, max(id) as last_id from fresh
            ),
            moved as (
                update ledger_head l
                   set position = l.position + t.count,
                       cut_through = case when t.count < $1 then h.goal else l.cut_through end,
                       cutting = case when t.count < $1 then null else h.goal end,
                       passed_id = case when t.count < $1 then 0 else t.last_id end
                  from total t, head h
                 where t.count > 0 or l.cutting is not null
            )
            select lane, max(position) as position, count(*) as count
              from cut
             group by lane
            """;

    /**
     * Bodies of other types are not read: the join condition fails on the narrow columns first. Types are patterns that
     * leave the version open.
     */
    static final String READ = """
            with scanned as (
                select position, tx, id
                  from ledger
                 where lane = $1 and position > $2
                 order by position
                 limit $3
            ),
            sized as (
                select s.position, o.message_id, o.type, o.key, o.recipient, o.time, o.correlation_id, o.causation_id,
                       o.traceparent, o.data,
                       sum(coalesce(octet_length(o.data), 0)) over (order by s.position)
                           - coalesce(octet_length(o.data), 0) as bytes_before
                  from scanned s
                  left join outbox o
                    on o.tx = s.tx and o.id = s.id
                   and (o.recipient = $4 or (o.recipient is null and o.type like any ($5)))
            )
            select position, message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data
              from sized
             where bytes_before < $6
             order by position
            """;

    private static final String RELEASE_DUE = """
            with due as (
                delete from scheduled
                 where message_id in (select message_id from scheduled
                                       where due_at <= now()
                                       order by due_at, message_id
                                       limit $1
                                       for update skip locked)
                returning message_id, due_at, type, key, recipient, correlation_id, causation_id, traceparent, data
            )
            insert into outbox
                   (message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data)
            select message_id, type, key, recipient, now(), correlation_id, causation_id, traceparent, data
              from due
             order by due_at, message_id
            """;

    private static final String MILLIS_UNTIL_DUE = """
            select greatest(0, ceil(extract(epoch from min(due_at) - clock_timestamp()) * 1000))::bigint as millis
              from scheduled
            """;

    private LedgerTable() {}

    static Future<Ledger.Heads> heads(SqlConnection connection) {
        return connection.preparedQuery(HEADS).execute().map(rows -> {
            var lanes = new ArrayList<Long>(rows.size());
            long position = 0;
            for (var row : rows) {
                if (row.getBoolean("is_foreign")) {
                    throw new IllegalStateException("the ledger was cut in a Postgres cluster whose transaction ids are"
                            + " ahead of this one's: it was restored into a new cluster, and would find nothing new");
                }
                position = row.getLong("position");
                lanes.add(row.getLong("lane_position"));
            }
            return new Ledger.Heads(position, lanes);
        });
    }

    static Future<RowSet<Row>> lockHead(SqlConnection connection) {
        return connection.preparedQuery(LOCK_HEAD).execute();
    }

    static Future<Ledger.Cut> cut(SqlConnection connection, int cutMax) {
        return connection.preparedQuery(CUT).execute(Tuple.of(cutMax)).map(rows -> {
            var heads = new ArrayList<Ledger.LaneHead>(rows.size());
            int count = 0;
            for (var row : rows) {
                heads.add(new Ledger.LaneHead(row.getInteger("lane"), row.getLong("position")));
                count += row.getInteger("count");
            }
            return new Ledger.Cut(count, heads, count == cutMax);
        });
    }

    static Future<List<Ledger.Entry>> read(
            SqlClient client, String source, int lane, long after, Ledger.Filter filter, int countMax, int bytesMax) {
        var types = filter.eventTypes().stream()
                .map(LedgerTable::anyVersion)
                .distinct()
                .toArray(String[]::new);
        var arguments = Tuple.of((short) lane, after, (long) countMax, filter.commandsFor())
                .addArrayOfString(types)
                .addLong((long) bytesMax);
        return client.preparedQuery(READ).execute(arguments).map(rows -> {
            var entries = new ArrayList<Ledger.Entry>(rows.size());
            for (var row : rows) {
                entries.add(new Ledger.Entry(row.getLong("position"), message(row, source)));
            }
            return entries;
        });
    }

    /** The pattern of a type's name in whatever version; the grammar of types has none of LIKE's wildcards. */
    private static String anyVersion(String type) {
        return type.replaceFirst("\\.v[0-9]+$", "") + ".v%";
    }

    private static @Nullable Envelope message(Row row, String source) {
        var id = row.getUUID("message_id");
        if (id == null) {
            return null;
        }
        return new Envelope(
                id,
                source,
                row.getString("type"),
                row.getString("key"),
                row.getOffsetDateTime("time").toInstant(),
                row.getString("recipient"),
                row.getUUID("correlation_id"),
                row.getUUID("causation_id"),
                row.getString("traceparent"),
                row.getBuffer("data"));
    }

    static Future<Integer> releaseDue(SqlConnection connection, int countMax) {
        return connection
                .preparedQuery(RELEASE_DUE)
                .execute(Tuple.of((long) countMax))
                .map(rows -> rows.rowCount());
    }

    static Future<@Nullable Long> millisUntilDue(SqlConnection connection) {
        return connection
                .preparedQuery(MILLIS_UNTIL_DUE)
                .execute()
                .map(rows -> rows.iterator().next().getLong("millis"));
    }
}
