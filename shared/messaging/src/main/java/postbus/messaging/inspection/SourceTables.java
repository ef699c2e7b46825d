package postbus.messaging.inspection;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import postbus.messaging.inspection.Status.Lane;
import postbus.messaging.transaction.Sql;

/** Reads what a source has published and for whom: {@code outbox}, {@code ledger}, {@code scheduled}, {@code subscription}. */
final class SourceTables {
    private static final String IS_USED = """
            select position > 0 or exists (select from outbox) or exists (select from scheduled) as is_used
              from ledger_head
            """;

    /** What is not cut are the two ranges that a cut looks at, see LedgerTable. */
    private static final String HEAD = """
            with fresh as (
                select o.time
                  from ledger_head h, outbox o
                 where o.tx >= pg_snapshot_xmax(h.cut_through) and o.id > greatest(h.passed_id, h.settled_id)
                union all
                select o.time
                  from ledger_head h, outbox o
                 where o.tx = any (array(select pg_snapshot_xip(h.cut_through)))
                   and o.id > greatest(h.passed_id, h.settled_id)
                 limit $1
            )
            select h.position, f.count as uncut, f.oldest, s.count as scheduled,
                   greatest(0, extract(epoch from clock_timestamp() - s.due_at))::float8 as overdue_seconds
              from ledger_head h,
                   (select count(*) as count, min(time) as oldest from fresh) f,
                   (select count(*) as count, min(due_at) as due_at
                      from (select due_at from scheduled order by due_at limit $1) first) s
            """;

    private static final String REGISTERED = """
            select name, cursors, registered_at, announced_at,
                   extract(epoch from clock_timestamp() - announced_at)::float8 as silent_seconds
              from subscription
             order by name
            """;

    /** Of each lane the head, what is deleted, how many messages follow the cursor, and when the first of them was sent. */
    private static final String BEHIND = """
            select coalesce((select l.position from ledger l where l.lane = c.lane - 1 order by l.position desc limit 1),
                            p.position, 0) as head,
                   coalesce(p.position, 0) as pruned,
                   (select count(*)
                      from (select from ledger l where l.lane = c.lane - 1 and l.position > c.position limit $2) counted)
                       as count,
                   o.time as oldest,
                   coalesce(extract(epoch from clock_timestamp() - o.time), 0)::float8 as waiting_seconds
              from unnest($1::bigint[]) with ordinality as c (position, lane)
              left join ledger_pruned p on p.lane = c.lane - 1
              left join lateral (select l.tx, l.id
                                   from ledger l
                                  where l.lane = c.lane - 1 and l.position > c.position
                                  order by l.position
                                  limit 1) next on true
              left join outbox o on o.tx = next.tx and o.id = next.id
             order by c.lane
            """;

    private static final String SEQUENCE_CACHE = """
            select seqcache as cache from pg_sequence where seqrelid = pg_get_serial_sequence('outbox', 'id')::regclass
            """;

    private SourceTables() {}

    record Head(long position, long uncut, @Nullable Instant oldestUncut, long scheduled, Duration overdue) {}

    record Registered(String name, List<Long> cursors, Instant announcedAt, Duration silent) {}

    /** @param waiting how long the first message after the cursors has been waiting, by the database's clock */
    record Behind(
            List<Lane> lanes,
            long count,
            boolean isMore,
            @Nullable Instant oldest,
            Duration waiting) {
        static Behind unknown(List<Long> cursors) {
            var minus = Collections.nCopies(cursors.size(), -1L);
            return new Behind(Inspection.lanes(cursors, minus, minus), 0, false, null, Duration.ZERO);
        }
    }

    static boolean isUsed(Sql sql) {
        return sql.find(IS_USED, row -> row.getBoolean("is_used")).orElse(false);
    }

    static Head head(Sql sql) {
        return sql.find(
                        HEAD,
                        row -> new Head(
                                row.getLong("position"),
                                row.getLong("uncut"),
                                instantOrNull(row, "oldest"),
                                row.getLong("scheduled"),
                                seconds(Optional.ofNullable(row.getDouble("overdue_seconds"))
                                        .orElse(0.0))),
                        (long) Status.COUNT_MAX)
                .orElseThrow(() -> new IllegalStateException("ledger_head has no row"));
    }

    static List<Registered> registered(Sql sql) {
        return sql.list(
                REGISTERED,
                row -> new Registered(
                        row.getString("name"),
                        List.of(row.getArrayOfLongs("cursors")),
                        row.getOffsetDateTime("announced_at").toInstant(),
                        seconds(row.getDouble("silent_seconds"))));
    }

    static Behind behind(Sql sql, List<Long> cursors) {
        var rows = sql.execute(BEHIND, Tuple.of(cursors.toArray(Long[]::new)).addLong((long) Status.COUNT_MAX));
        var heads = new ArrayList<Long>();
        var pruned = new ArrayList<Long>();
        long count = 0;
        boolean isMore = false;
        Instant oldest = null;
        var waiting = Duration.ZERO;
        for (var row : rows) {
            heads.add(row.getLong("head"));
            pruned.add(row.getLong("pruned"));
            count += row.getLong("count");
            isMore |= row.getLong("count") >= Status.COUNT_MAX;
            var sent = instantOrNull(row, "oldest");
            if (sent != null && (oldest == null || sent.isBefore(oldest))) {
                oldest = sent;
                waiting = seconds(row.getDouble("waiting_seconds"));
            }
        }
        return new Behind(Inspection.lanes(cursors, heads, pruned), count, isMore, oldest, waiting);
    }

    static long sequenceCache(Sql sql) {
        return sql.find(SEQUENCE_CACHE, row -> row.getLong("cache")).orElse(1L);
    }

    static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.max(0, (long) (seconds * 1000)));
    }

    static @Nullable Instant instantOrNull(Row row, String column) {
        var value = row.getOffsetDateTime(column);
        return value == null ? null : value.toInstant();
    }
}
