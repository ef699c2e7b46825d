package postbus.messaging.ledger;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Envelope;
import postbus.messaging.transaction.Sql;

/**
 * Reads {@code outbox}, writes {@code ledger} and {@code ledger_head}. The one row of the head is asked for by its place or
 * its key, never by reading the table: all versions that it had since a transaction began are in there as long as that is
 * open, and the table stays as large when it has ended.
 */
final class LedgerTable {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerTable.class);

    /** The last position of each lane, by one descent of the index for each; or, all deleted, of the last one deleted. */
    private static final String HEADS = """
            select h.position, coalesce(p.position, 0) as pruned,
                   coalesce((select l.position from ledger l where l.lane = n.lane order by l.position desc limit 1),
                            p.position, 0) as lane_position
              from ledger_head h
             cross join generate_series(0, h.lanes - 1) as n (lane)
              left join ledger_pruned p on p.lane = n.lane
             where h.singleton
             order by n.lane
            """;

    private static final String LOCK_HEAD = """
            select position from ledger_head where singleton for update
            """;

    static final String HEAD = """
            select ctid::text as place, position, lanes, cut_through::text, greatest(passed_id, settled_id) as after_id,
                   cutting is not null as is_cutting
              from ledger_head
             where singleton
            """;

    /**
     * {@link #CUT} for few messages by one who knows the head: a fraction of the work, no lock taken beforehand, and
     * the bodies are read only once. The head moves only if it still is what the caller took it for, and there are at
     * most $4 messages; otherwise nothing happens, and the answer has no cut_through. Since the limit is above what is
     * cut, it cannot leave out anything in between. What the head must be is asked twice: as this statement sees it, and
     * of the row that is updated, for which it may have waited until another had moved it. Where the head's row is, $6, is
     * only a way to find it, past versions that an open transaction keeps: what is there must be the head all the same.
     */
    static final String CUT_FEW = """
            with fresh as materialized (
                select tx, id, message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data,
                       get_byte(sha256(convert_to(key, 'UTF8')), 0) % $5 as lane
                  from outbox
                 where tx >= pg_snapshot_xmax($1::text::pg_snapshot)
                   and tx < pg_snapshot_xmax(pg_current_snapshot())
                   and id > $3
                union all
                select tx, id, message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data,
                       get_byte(sha256(convert_to(key, 'UTF8')), 0) % $5 as lane
                  from outbox
                 where tx = any (array(select pg_snapshot_xip($1::text::pg_snapshot)))
                   and id > $3
                 limit $4 + 1
            ),
            total as (
                select count(*) as count from fresh
            ),
            head as (
                select 1
                  from ledger_head
                 where ctid = $6::text::tid and position = $2 and cut_through::text = $1
                   and greatest(passed_id, settled_id) = $3 and cutting is null
            ),
            moved as (
                update ledger_head
                   set position = position + t.count, cut_through = pg_current_snapshot()
                  from total t
                 where ctid = $6::text::tid and t.count between 1 and $4 and exists (select from head)
                   and position = $2 and cut_through::text = $1
                returning cut_through::text, ctid::text as place
            ),
            cut as (
                insert into ledger (lane, position, tx, id)
                select lane, $2 + row_number() over (order by id), tx, id
                  from fresh
                 where exists (select from moved)
            )
            select t.count, exists (select from head) as is_known, m.cut_through, m.place, f.lane, f.id, f.message_id, f.type, f.key, f.recipient, f.time,
                   f.correlation_id, f.causation_id, f.traceparent, f.data
              from total t
              left join moved m on true
              left join fresh f on m.cut_through is not null
             order by f.id
            """;

    /**
     * Cuts what this statement sees and the last cut did not see. "Did not see" has two halves: transactions that had
     * not begun (from xmax on) and those that were running (the xip list); each half is a range of the primary key.
     *
     * <p>Order is by outbox.id. Of two transactions on one key the second waited for the first and appended after it,
     * so it has the higher id; and if the second is visible, so is the first.
     *
     * <p>When more than $1 are new, the head remembers the snapshot it works towards ("cutting") and how far it came
     * by id; the next cuts go on in the same set, each with the next $1 ids, until they passed the last id that the
     * snapshot can see: so the order is that of one large cut. The index entry tells that an id is not in reach, so a
     * cut visits only the rows it takes.
     *
     * <p>Rows that came here with a copy of the table (id up to settled_id) have transaction ids of another cluster.
     * They have their positions, and are never looked at; the upper bound of the range keeps their index entries out
     * of the way until this cluster's ids come to them.
     *
     * <p>The lane is the first byte of the key's SHA-256, modulo the number of lanes: anybody can compute it, and it
     * does not depend on the version of Postgres.
     *
     * <p>Up to $2 messages are returned as a whole, so that those who are up to date need not read them; of more, only
     * the new head of each lane.
     */
    static final String CUT = """
            with head as (
                select position, lanes, cut_through, cutting_to_id,
                       coalesce(cutting, pg_current_snapshot()) as goal,
                       greatest(passed_id, settled_id) as after_id,
                       case when cutting is null then 9223372036854775807 else passed_id + $1 end as upto_id
                  from ledger_head
                 where singleton
            ),
            fresh as (
                select tx, id, key
                  from outbox
                 where tx >= (select pg_snapshot_xmax(cut_through) from head)
                   and tx < (select pg_snapshot_xmax(goal) from head)
                   and id > (select after_id from head)
                   and id <= (select upto_id from head)
                   and pg_visible_in_snapshot(tx, (select goal from head))
                union all
                select tx, id, key
                  from outbox
                 where tx = any (array(select pg_snapshot_xip(cut_through) from head))
                   and id > (select after_id from head)
                   and id <= (select upto_id from head)
                   and pg_visible_in_snapshot(tx, (select goal from head))
                 order by id
                 limit $1
            ),
            cut as (
                insert into ledger (lane, position, tx, id)
                select get_byte(sha256(convert_to(f.key, 'UTF8')), 0) % h.lanes,
                       h.position + row_number() over (order by f.id), f.tx, f.id
                  from fresh f, head h
                returning lane, position, tx, id
            ),
            total as (
                select f.count,
                       case when h.cutting_to_id is null then f.count = $1
                            else h.upto_id < h.cutting_to_id end as is_partial,
                       case when h.cutting_to_id is null then f.last_id else h.upto_id end as passed_id
                  from (select count(*) as count, max(id) as last_id from fresh) f, head h
            ),
            moved as (
                update ledger_head l
                   set position = l.position + t.count,
                       cut_through = case when t.is_partial then l.cut_through else h.goal end,
                       cutting = case when t.is_partial then h.goal end,
                       cutting_to_id = case when t.is_partial
                           then coalesce(l.cutting_to_id,
                                    pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')::regclass)) end,
                       passed_id = case when t.is_partial then t.passed_id else 0 end
                  from total t, head h
                 where l.singleton and (t.count > 0 or l.cutting is not null)
            )
            select t.is_partial, t.count, h.position as after, c.lane, c.position, o.id, o.message_id, o.type, o.key,
                   o.recipient, o.time, o.correlation_id, o.causation_id, o.traceparent, o.data
              from total t
             cross join head h
              left join (select c.lane, c.position, c.tx, c.id
                           from cut c, total t
                          where t.count <= $2
                          union all
                         select c.lane, max(c.position), null, null
                           from cut c, total t
                          where t.count > $2
                          group by c.lane) c on true
              left join outbox o on o.tx = c.tx and o.id = c.id
             order by c.position
            """;

    /**
     * Bodies of other types are not read: the join condition fails on the narrow columns first. Types are patterns that
     * leave the version open. What was deleted from the lane is told in the same snapshot, in every row, and in one
     * without an entry when there is none.
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
                select s.position, s.id, o.message_id, o.type, o.key, o.recipient, o.time, o.correlation_id,
                       o.causation_id, o.traceparent, o.data,
                       sum(coalesce(octet_length(o.data), 0)) over (order by s.position)
                           - coalesce(octet_length(o.data), 0) as bytes_before
                  from scanned s
                  left join outbox o
                    on o.tx = s.tx and o.id = s.id
                   and (o.recipient = $4 or (o.recipient is null and o.type like any ($5)))
            )
            select coalesce((select position from ledger_pruned where lane = $1), 0) as pruned, s.position, s.id,
                   s.message_id, s.type, s.key, s.recipient, s.time, s.correlation_id, s.causation_id, s.traceparent,
                   s.data
              from (select) one
              left join sized s on s.bytes_before < $6
             order by s.position
            """;

    /** Entries of all lanes; the message of a command is left out. */
    static final String READ_EVENTS = """
            with scanned as (
                select l.position, l.tx, l.id
                  from ledger_head h
                 cross join generate_series(0, h.lanes - 1) as n (lane)
                 cross join lateral (select position, tx, id
                                       from ledger
                                      where lane = n.lane and position > $1
                                      order by position
                                      limit $2) l
                 where h.singleton
                 order by l.position
                 limit $2
            ),
            sized as (
                select s.position, s.id, o.message_id, o.type, o.key, o.recipient, o.time, o.correlation_id,
                       o.causation_id, o.traceparent, o.data,
                       sum(coalesce(octet_length(o.data), 0)) over (order by s.position)
                           - coalesce(octet_length(o.data), 0) as bytes_before
                  from scanned s
                  left join outbox o
                    on o.tx = s.tx and o.id = s.id and o.recipient is null
            )
            select position, id, message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data
              from sized
             where bytes_before < $3
             order by position
            """;

    /** One descent of the index for each place, and a walk along it that ends at $3. */
    static final String BEHIND = """
            select p.lane, p.position,
                   (select count(*)
                      from (select from ledger l where l.lane = p.lane and l.position > p.position limit $3) following)
                       as messages,
                   (select o.time
                      from (select l.tx, l.id
                              from ledger l
                             where l.lane = p.lane and l.position > p.position
                             order by l.position
                             limit 1) first
                      left join outbox o on o.tx = first.tx and o.id = first.id) as since
              from unnest($1::smallint[], $2::bigint[]) as p (lane, position)
             order by p.lane, p.position
            """;

    private static final String COUNT_BETWEEN = """
            select count(*) as count
              from unnest($1::bigint[], $2::bigint[]) with ordinality as s (after, upto, lane)
              join ledger l
                on l.lane = s.lane - 1 and l.position > s.after and l.position <= s.upto
            """;

    private LedgerTable() {}

    static Future<Ledger.Heads> heads(SqlClient client) {
        return client.preparedQuery(HEADS).execute().map(LedgerTable::heads);
    }

    static Ledger.Heads heads(Sql sql) {
        return heads(sql.execute(HEADS));
    }

    private static Ledger.Heads heads(RowSet<Row> rows) {
        var lanes = new ArrayList<Long>(rows.size());
        var pruned = new ArrayList<Long>(rows.size());
        long position = 0;
        for (var row : rows) {
            position = row.getLong("position");
            lanes.add(row.getLong("lane_position"));
            pruned.add(row.getLong("pruned"));
        }
        return new Ledger.Heads(position, lanes, pruned);
    }

    static long countBetween(Sql sql, List<Long> some, List<Long> others) {
        var lanes = Tuple.tuple().addArrayOfLong(some.toArray(Long[]::new)).addArrayOfLong(others.toArray(Long[]::new));
        return sql.execute(COUNT_BETWEEN, lanes).iterator().next().getLong("count");
    }

    static Future<RowSet<Row>> lockHead(SqlConnection connection) {
        return connection.preparedQuery(LOCK_HEAD).execute();
    }

    /**
     * As one cut left it.
     *
     * @param place of its row in the table
     */
    record Head(String place, long position, int lanes, String cutThrough, long afterId, boolean isCutting) {
        Head(Row row) {
            this(
                    row.getString("place"),
                    row.getLong("position"),
                    row.getInteger("lanes"),
                    row.getString("cut_through"),
                    row.getLong("after_id"),
                    row.getBoolean("is_cutting"));
        }

        Head movedTo(String place, long position, String cutThrough) {
            return new Head(place, position, lanes, cutThrough, afterId, false);
        }
    }

    /** @param head as it is now; null when nothing was cut since there are too many, or the head is elsewhere */
    record Few(Ledger.Cut cut, @Nullable Head head) {}

    static Future<Head> head(SqlClient client) {
        return client.preparedQuery(HEAD)
                .execute()
                .map(rows -> new Head(rows.iterator().next()));
    }

    static Future<Few> cutFew(SqlConnection connection, String source, Head head, int countMax) {
        return connection
                .preparedQuery(CUT_FEW)
                .execute(Tuple.of(head.cutThrough, head.position, head.afterId, countMax, head.lanes, head.place))
                .map(rows -> few(rows, source, head));
    }

    private static Few few(RowSet<Row> rows, String source, Head before) {
        var first = rows.iterator().next();
        var cutThrough = first.getString("cut_through");
        if (cutThrough == null) {
            var isNothingNew = first.getBoolean("is_known") && first.getLong("count") == 0;
            return new Few(
                    new Ledger.Cut(before.position, 0, List.of(), List.of(), false), isNothingNew ? before : null);
        }
        var heads = new TreeMap<Integer, Long>();
        var messages = new ArrayList<Ledger.CutMessage>(rows.size());
        long position = before.position;
        for (var row : rows) {
            add(row, source, row.getInteger("lane"), ++position, heads, messages);
        }
        var cut = new Ledger.Cut(before.position, rows.size(), laneHeads(heads), messages, false);
        return new Few(cut, before.movedTo(first.getString("place"), position, cutThrough));
    }

    static Future<Ledger.Cut> cut(SqlConnection connection, String source, int cutMax, int tailMax) {
        return connection.preparedQuery(CUT).execute(Tuple.of(cutMax, tailMax)).map(rows -> cut(rows, source));
    }

    private static Ledger.Cut cut(RowSet<Row> rows, String source) {
        var heads = new TreeMap<Integer, Long>();
        var messages = new ArrayList<Ledger.CutMessage>(rows.size());
        for (var row : rows) {
            var lane = row.getInteger("lane");
            if (lane == null) {
                continue; // there was nothing: the only row
            }
            add(row, source, lane, row.getLong("position"), heads, messages);
        }
        var any = rows.iterator().next();
        return new Ledger.Cut(
                any.getLong("after"), any.getLong("count"), laneHeads(heads), messages, any.getBoolean("is_partial"));
    }

    private static void add(
            Row row,
            String source,
            int lane,
            long position,
            Map<Integer, Long> heads,
            List<Ledger.CutMessage> messages) {
        heads.put(lane, position);
        try {
            var message = message(row, source);
            if (message != null) {
                messages.add(new Ledger.CutMessage(lane, position, message));
            }
        } catch (RuntimeException unreadable) {
            LOG.debug("ledger.unreadable source={} position={}: told by who reads the lane", source, position);
        }
    }

    private static List<Ledger.LaneHead> laneHeads(Map<Integer, Long> heads) {
        return heads.entrySet().stream()
                .map(head -> new Ledger.LaneHead(head.getKey(), head.getValue()))
                .toList();
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
                long pruned = row.getLong("pruned");
                if (after < pruned) {
                    throw new MessagesPruned(lane, after, pruned);
                }
                var position = row.getLong("position");
                if (position == null) {
                    break; // the lane ends here
                }
                try {
                    entries.add(new Ledger.Entry(position, message(row, source)));
                } catch (RuntimeException unreadable) {
                    if (entries.isEmpty()) {
                        throw new IllegalStateException(
                                "outbox row with id " + row.getLong("id") + " cannot be read, its lane waits until it"
                                        + " is mended: " + unreadable.getMessage(),
                                unreadable);
                    }
                    break;
                }
            }
            return entries;
        });
    }

    static Future<List<Ledger.Entry>> readEvents(
            SqlClient client, String source, long after, int countMax, int bytesMax) {
        var arguments = Tuple.of(after, (long) countMax, (long) bytesMax);
        return client.preparedQuery(READ_EVENTS).execute(arguments).map(rows -> {
            var entries = new ArrayList<Ledger.Entry>(rows.size());
            for (var row : rows) {
                entries.add(new Ledger.Entry(row.getLong("position"), readable(row, source)));
            }
            return entries;
        });
    }

    private static @Nullable Envelope readable(Row row, String source) {
        try {
            return message(row, source);
        } catch (RuntimeException unreadable) {
            LOG.debug("ledger.unreadable source={} id={}: told by who reads the lane", source, row.getLong("id"));
            return null;
        }
    }

    static Future<Map<Ledger.Place, Ledger.Behind>> behind(SqlClient client, List<Ledger.Place> places, int countMax) {
        var lanes = places.stream().map(place -> (short) place.lane()).toArray(Short[]::new);
        var positions = places.stream().map(Ledger.Place::position).toArray(Long[]::new);
        var arguments =
                Tuple.tuple().addArrayOfShort(lanes).addArrayOfLong(positions).addLong((long) countMax);
        return client.preparedQuery(BEHIND).execute(arguments).map(rows -> {
            var behind = new HashMap<Ledger.Place, Ledger.Behind>();
            for (var row : rows) {
                var since = row.getOffsetDateTime("since");
                behind.put(
                        new Ledger.Place(row.getInteger("lane"), row.getLong("position")),
                        new Ledger.Behind(row.getLong("messages"), since == null ? null : since.toInstant()));
            }
            return behind;
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
}
