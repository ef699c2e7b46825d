package postbus.messaging.ledger;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;
import postbus.messaging.ledger.Ledger.Move;
import postbus.messaging.ledger.Ledger.Settled;

/** Tells by {@code ledger_head} whether the ledger was moved to another place, and settles it there. */
final class HomeTable {
    /** Positions go on at a multiple of this after a move: more than are ever given between two moves. */
    static final long EPOCH = 1_000_000_000_000L;

    /**
     * A table that was dumped and restored has another oid, also in the same cluster; a promoted replica has all of it
     * but the timeline. The timeline is in the name of the WAL file now written: other views of it lag behind.
     */
    private static final String FIND = """
            select h.home is not null and h.home <> here.home
                       or pg_snapshot_xmax(h.cut_through) > pg_snapshot_xmax(pg_current_snapshot()) as is_copied,
                   h.timeline <> here.timeline as is_promoted,
                   h.home is null as is_new,
                   here.home, here.timeline
              from ledger_head h,
                   (select concat_ws('/', c.system_identifier, d.oid, 'ledger_head'::regclass::oid) as home,
                           ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer as timeline
                      from pg_control_system() c, pg_database d
                     where d.datname = current_database()) here
            """;

    private static final String MOVE_IN = """
            update ledger_head
               set home = $1, timeline = $2,
                   position = case when $3 then (position / $4 + 1) * $4 else position end
            returning position
            """;

    /** Reads all of both tables, so this once without what the relay's session is told about plans. */
    private static final String ALLOW_FULL_SCANS = """
            set local enable_seqscan = on;
            set local enable_hashjoin = on;
            set local enable_mergejoin = on;
            set local statement_timeout = '1h';
            set local lock_timeout = '2s'
            """;

    /**
     * Waits for transactions that have appended, and keeps others from it: so the next statement sees every message
     * written so far, and every later one has a higher id.
     */
    private static final String LOCK_OUTBOX = """
            lock table outbox in share row exclusive mode
            """;

    /** Copied by other means than a dump, the sequence may have stayed behind: later ids would not be the higher ones. */
    private static final String RAISE_SEQUENCE = """
            select setval(s.name, o.id)
              from (select pg_get_serial_sequence('outbox', 'id')::regclass as name) s,
                   (select max(id) as id from outbox) o
             where o.id > coalesce(pg_sequence_last_value(s.name), 0)
            """;

    private static final String COPY_IN = """
            with head as (
                select lanes, (position / $3 + 1) * $3 as position from ledger_head
            ),
            fresh as (
                select o.tx, o.id, o.key
                  from outbox o
                 where not exists (select from ledger l where l.tx = o.tx and l.id = o.id)
            ),
            cut as (
                insert into ledger (lane, position, tx, id)
                select get_byte(sha256(convert_to(f.key, 'UTF8')), 0) % h.lanes,
                       h.position + row_number() over (order by f.id), f.tx, f.id
                  from fresh f, head h
            )
            update ledger_head l
               set home = $1, timeline = $2, position = h.position + t.count,
                   cut_through = pg_current_snapshot(), cutting = null, cutting_to_id = null, passed_id = 0,
                   settled_id = t.last_id
              from head h,
                   (select (select count(*) from fresh) as count,
                           (select coalesce(max(id), 0) from outbox) as last_id) t
            returning l.position, t.count
            """;

    private HomeTable() {}

    /** @param timeline where the ledger is now, as is {@code home} */
    record Found(boolean isNew, Move move, String home, int timeline) {
        boolean isSettled() {
            return !isNew && move == Move.NONE;
        }
    }

    static Future<Found> find(SqlConnection connection) {
        return connection.preparedQuery(FIND).execute().map(rows -> {
            var row = rows.iterator().next();
            @Nullable Boolean isPromoted = row.getBoolean("is_promoted"); // null when it is new
            var move = row.getBoolean("is_copied")
                    ? Move.COPIED
                    : Boolean.TRUE.equals(isPromoted) ? Move.PROMOTED : Move.NONE;
            return new Found(row.getBoolean("is_new"), move, row.getString("home"), row.getInteger("timeline"));
        });
    }

    /** Remembers where the ledger is; after a promotion positions go on in another epoch. */
    static Future<Settled> moveIn(SqlConnection connection, Found found) {
        var isPromoted = found.move() == Move.PROMOTED;
        return connection
                .preparedQuery(MOVE_IN)
                .execute(Tuple.of(found.home(), found.timeline(), isPromoted, EPOCH))
                .map(rows -> new Settled(found.move(), 0, rows.iterator().next().getLong("position")));
    }

    /** Gives positions to what has none, in another epoch. */
    static Future<Settled> copyIn(SqlConnection connection, Found found) {
        return connection
                .query(ALLOW_FULL_SCANS)
                .execute()
                .compose(allowed -> connection.query(LOCK_OUTBOX).execute())
                .compose(locked -> connection.query(RAISE_SEQUENCE).execute())
                .compose(raised ->
                        connection.preparedQuery(COPY_IN).execute(Tuple.of(found.home(), found.timeline(), EPOCH)))
                .map(rows -> {
                    var row = rows.iterator().next();
                    return new Settled(Move.COPIED, row.getLong("count"), row.getLong("position"));
                });
    }
}
