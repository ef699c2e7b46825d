package postbus.messaging.retention;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code ledger_mark}. */
final class MarkTable {
    /** now() is before the snapshot in which the position is read: what comes after the position is cut after the mark. */
    private static final String INSERT = """
            insert into ledger_mark (position, cut_at)
            select position, now()
              from ledger_head
             where position > 0
                on conflict (position) do nothing
            """;

    private static final String POSITION_AT = """
            select coalesce((select position from ledger_mark
                              where cut_at <= $1
                              order by position desc
                              limit 1), 0) as position
            """;

    private static final String LAST_OLD = """
            select (select position from ledger_mark
                     where cut_at < now() - make_interval(secs => $1)
                     order by position desc
                     limit 1) as position
            """;

    /** Of the marks before the oldest message kept, the last one still tells when that one was not cut yet. */
    private static final String PRUNE = """
            with kept as (
                select coalesce(min(o.position), max(h.position) + 1) as position
                  from ledger_head h
                 cross join generate_series(0, h.lanes - 1) as n (lane)
                  left join lateral (select position from ledger l
                                      where l.lane = n.lane
                                        and l.position > (select position from ledger_pruned where lane = n.lane)
                                      order by position
                                      limit 1) o on true
            )
            delete from ledger_mark
             where position < (select max(m.position) from ledger_mark m, kept k where m.position < k.position)
            """;

    private MarkTable() {}

    static Future<Void> insert(SqlClient client) {
        return client.preparedQuery(INSERT).execute().mapEmpty();
    }

    static long positionAt(Sql sql, Instant time) {
        return sql.find(POSITION_AT, row -> row.getLong("position"), time.atOffset(ZoneOffset.UTC))
                .orElseThrow();
    }

    static Future<@Nullable Long> lastOld(SqlClient client, Duration keep) {
        return client.preparedQuery(LAST_OLD)
                .execute(Tuple.of(keep.toMillis() / 1000.0))
                .map(rows -> rows.iterator().next().getLong("position"));
    }

    static Future<Void> prune(SqlClient client) {
        return client.preparedQuery(PRUNE).execute().mapEmpty();
    }
}
