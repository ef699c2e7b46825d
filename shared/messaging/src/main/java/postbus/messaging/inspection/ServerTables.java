package postbus.messaging.inspection;

import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import postbus.messaging.inspection.Status.Session;
import postbus.messaging.transaction.Sql;

/** Reads what Postgres tells of schemas, sessions, locks, slots, settings and sizes. */
final class ServerTables {
    private static final String NOW = """
            select clock_timestamp() as now
            """;

    private static final String SERVICES = """
            select n.nspname::text as name
              from pg_class c
              join pg_namespace n on n.oid = c.relnamespace
             where c.relname = 'ledger_head' and c.relkind = 'r'
               and exists (select from pg_class o where o.relnamespace = n.oid and o.relname = 'subscription_cursor')
             order by name
            """;

    /** A lock by one 64-bit number is shown as its two halves. */
    private static final String LEADER = """
            select a.pid, host(a.client_addr) || ':' || a.client_port as address, a.backend_start
              from pg_locks l
              join pg_stat_activity a on a.pid = l.pid
             where l.locktype = 'advisory' and l.granted and l.objsubid = 1
               and l.database = (select oid from pg_database where datname = current_database())
               and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('postbus.relay.' || $1, 0)
            """;

    private static final String STANDBYS = """
            select count(*)::int as count
              from pg_stat_activity
             where datname = current_database() and application_name = 'postbus relay ' || $1 and pid <> $2
            """;

    /** Transactions of other sessions, the oldest first. A cut, a migration and a vacuum end by themselves. */
    private static final String OPEN = """
            select pid, application_name, coalesce(host(client_addr), 'local') as address, usename::text as role, state,
                   extract(epoch from clock_timestamp() - xact_start)::float8 as age,
                   extract(epoch from clock_timestamp() - query_start)::float8 as query_age,
                   backend_xid is not null as has_written, left(regexp_replace(query, '\\s+', ' ', 'g'), 100) as query
              from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
               and (backend_xmin is not null or backend_xid is not null or state like 'idle in transaction%')
               and clock_timestamp() - xact_start > make_interval(secs => $1)
             order by xact_start, pid
             limit 20
            """;

    /** Who waits for a lock, and for whom: those at the end of the queue, who wait for nobody. */
    private static final String BLOCKED = """
            with recursive waiting as (
                select a.pid as waiter, blocker.pid as blocker
                  from pg_stat_activity a
                 cross join lateral unnest(pg_blocking_pids(a.pid)) as blocker (pid)
                 where a.datname = current_database() and a.wait_event_type = 'Lock'
                   and a.application_name like 'postbus%'
                   and clock_timestamp() - a.query_start > make_interval(secs => $1)
            ),
            chain as (
                select waiter, blocker, 1 as depth from waiting
                union
                select c.waiter, next.pid, c.depth + 1
                  from chain c
                 cross join lateral unnest(pg_blocking_pids(c.blocker)) as next (pid)
                 where c.depth < 10
            )
            select distinct on (c.waiter, c.blocker)
                   w.application_name as waiter, w.pid as waiter_pid,
                   extract(epoch from clock_timestamp() - w.query_start)::float8 as waited,
                   left(regexp_replace(w.query, '\\s+', ' ', 'g'), 100) as waiter_query,
                   b.pid, b.application_name, coalesce(host(b.client_addr), 'local') as address, b.state,
                   extract(epoch from clock_timestamp() - b.xact_start)::float8 as age,
                   left(regexp_replace(b.query, '\\s+', ' ', 'g'), 100) as query
              from chain c
              join pg_stat_activity w on w.pid = c.waiter
              join pg_stat_activity b on b.pid = c.blocker
             where cardinality(pg_blocking_pids(c.blocker)) = 0
             order by c.waiter, c.blocker, c.depth
             limit 20
            """;

    /**
     * Who, none of ours, keeps a lock that a cut, a lane or any write of a service needs: also in the moment between two who wait for it, and give
     * up, and try again.
     */
    private static final String KEPT = """
            select distinct on (c.oid, a.pid)
                   n.nspname::text as service, c.relname::text as relation, l.mode, a.pid, a.application_name,
                   coalesce(host(a.client_addr), 'local') as address, a.state,
                   extract(epoch from clock_timestamp() - a.xact_start)::float8 as age,
                   left(regexp_replace(a.query, '\\s+', ' ', 'g'), 100) as query
              from pg_locks l
              join pg_class c on c.oid = l.relation
              join pg_namespace n on n.oid = c.relnamespace
              join pg_stat_activity a on a.pid = l.pid
             where l.locktype = 'relation' and l.granted
               and l.database = (select oid from pg_database where datname = current_database())
               and l.pid <> pg_backend_pid() and a.application_name not like 'postbus%'
               and (c.relname in ('ledger_head', 'subscription_cursor') and l.mode <> 'AccessShareLock'
                    or c.relkind in ('r', 'p')
                       and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
               and exists (select from pg_class h where h.relnamespace = c.relnamespace and h.relname = 'ledger_head')
               and clock_timestamp() - a.xact_start > make_interval(secs => $1)
             order by c.oid, a.pid, l.mode
             limit 20
            """;

    private static final String PREPARED = """
            select gid, owner::text as role, extract(epoch from clock_timestamp() - prepared)::float8 as age
              from pg_prepared_xacts
             where database = current_database() and clock_timestamp() - prepared > make_interval(secs => $1)
             order by prepared, gid
             limit 20
            """;

    private static final String SLOTS = """
            select slot_name::text as name, slot_type as type, coalesce(wal_status, 'unknown') as wal_status,
                   coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint as kept_bytes,
                   xmin is not null or catalog_xmin is not null as pins_rows
              from pg_replication_slots
             where not active
             order by name
             limit 20
            """;

    private static final String CONNECTIONS = """
            select (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
                   current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
                       as available,
                   (select string_agg(name || ' ' || count, ', ')
                      from (select coalesce(nullif(application_name, ''), '(no name)') as name, count(*) as count
                              from pg_stat_activity
                             where backend_type = 'client backend'
                             group by 1
                             order by count(*) desc, 1
                             limit 5) most) as most
            """;

    private static final String SIZE = """
            select pg_database_size(current_database()) as bytes,
                   (select string_agg(name || ' ' || pg_size_pretty(bytes), ', ')
                      from (select n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid) as bytes
                              from pg_class c
                              join pg_namespace n on n.oid = c.relnamespace
                             where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
                             order by 2 desc, 1
                             limit 5) largest) as largest
            """;

    /** Tables of ours with many rows that are deleted or replaced and not yet removed. */
    private static final String DEAD_ROWS = """
            select s.schemaname::text || '.' || s.relname as name, s.n_dead_tup as dead, s.n_live_tup as live,
                   pg_total_relation_size(s.relid) as bytes,
                   greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at
              from pg_stat_user_tables s
             where s.relname in ('outbox', 'ledger', 'ledger_head', 'subscription', 'subscription_cursor', 'parked_message',
                                 'reply', 'scheduled')
               and exists (select from pg_class h where h.relnamespace = (select c.relnamespace from pg_class c
                                                                           where c.oid = s.relid)
                                                    and h.relname = 'ledger_head')
               and s.n_dead_tup > $1
             order by s.n_dead_tup desc, name
             limit 20
            """;

    private static final String VACUUM_OFF = """
            select 'server' as name
             where not (current_setting('autovacuum')::boolean and current_setting('track_counts')::boolean)
            union all
            (select n.nspname || '.' || c.relname
               from pg_class c
               join pg_namespace n on n.oid = c.relnamespace
              cross join lateral pg_options_to_table(c.reloptions) o
              where c.relkind = 'r' and o.option_name = 'autovacuum_enabled' and not o.option_value::boolean
              order by 1
              limit 20)
            """;

    private static final String SEES_ALL = """
            select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_all
            """;

    private ServerTables() {}

    record Open(
            int pid,
            String application,
            String address,
            String role,
            String state,
            Duration age,
            Duration queryAge,
            boolean hasWritten,
            String query) {}

    record Blocked(
            String waiter,
            int waiterPid,
            Duration waited,
            String waiterQuery,
            int pid,
            String application,
            String address,
            String state,
            Duration age,
            String query) {}

    record Kept(
            String service,
            String relation,
            String mode,
            int pid,
            String application,
            String address,
            String state,
            Duration age,
            String query) {}

    record Prepared(String gid, String role, Duration age) {}

    record Slot(String name, String type, String walStatus, long keptBytes, boolean pinsRows) {}

    record Connections(long used, long available, String most) {}

    record Size(long bytes, String largest) {}

    record DeadRows(
            String table,
            long dead,
            long live,
            long bytes,
            @Nullable Instant vacuumedAt) {}

    static Instant now(Sql sql) {
        return sql.find(NOW, row -> row.getOffsetDateTime("now").toInstant()).orElseThrow();
    }

    static List<String> services(Sql sql) {
        return sql.list(SERVICES, row -> row.getString("name"));
    }

    static @Nullable Session leader(Sql sql, String source) {
        return sql
                .list(
                        LEADER,
                        row -> new Session(
                                row.getInteger("pid"),
                                row.getString("address"),
                                SourceTables.instantOrNull(row, "backend_start")),
                        source)
                .stream()
                .findFirst()
                .orElse(null);
    }

    static int standbys(Sql sql, String source, int leader) {
        return sql.find(STANDBYS, row -> row.getInteger("count"), source, leader)
                .orElseThrow();
    }

    static List<Open> open(Sql sql, Duration olderThan) {
        return sql.list(
                OPEN,
                row -> new Open(
                        row.getInteger("pid"),
                        row.getString("application_name"),
                        row.getString("address"),
                        text(row, "role"),
                        text(row, "state"),
                        age(row, "age"),
                        age(row, "query_age"),
                        row.getBoolean("has_written"),
                        row.getString("query")),
                secondsOf(olderThan));
    }

    static List<Blocked> blocked(Sql sql, Duration longerThan) {
        return sql.list(
                BLOCKED,
                row -> new Blocked(
                        row.getString("waiter"),
                        row.getInteger("waiter_pid"),
                        age(row, "waited"),
                        row.getString("waiter_query"),
                        row.getInteger("pid"),
                        row.getString("application_name"),
                        row.getString("address"),
                        text(row, "state"),
                        age(row, "age"),
                        row.getString("query")),
                secondsOf(longerThan));
    }

    static List<Kept> kept(Sql sql, Duration longerThan) {
        return sql.list(
                KEPT,
                row -> new Kept(
                        row.getString("service"),
                        row.getString("relation"),
                        row.getString("mode"),
                        row.getInteger("pid"),
                        row.getString("application_name"),
                        row.getString("address"),
                        text(row, "state"),
                        age(row, "age"),
                        row.getString("query")),
                secondsOf(longerThan));
    }

    static List<Prepared> prepared(Sql sql, Duration olderThan) {
        return sql.list(
                PREPARED,
                row -> new Prepared(row.getString("gid"), row.getString("role"), age(row, "age")),
                secondsOf(olderThan));
    }

    static List<Slot> slots(Sql sql) {
        return sql.list(
                SLOTS,
                row -> new Slot(
                        row.getString("name"),
                        row.getString("type"),
                        row.getString("wal_status"),
                        row.getLong("kept_bytes"),
                        row.getBoolean("pins_rows")));
    }

    static Connections connections(Sql sql) {
        return sql.find(
                        CONNECTIONS,
                        row -> new Connections(row.getLong("used"), row.getLong("available"), text(row, "most")))
                .orElseThrow();
    }

    static Size size(Sql sql) {
        return sql.find(SIZE, row -> new Size(row.getLong("bytes"), text(row, "largest")))
                .orElseThrow();
    }

    static List<DeadRows> deadRows(Sql sql, long moreThan) {
        return sql.list(
                DEAD_ROWS,
                row -> new DeadRows(
                        row.getString("name"),
                        row.getLong("dead"),
                        row.getLong("live"),
                        row.getLong("bytes"),
                        SourceTables.instantOrNull(row, "vacuumed_at")),
                moreThan);
    }

    static List<String> vacuumOff(Sql sql) {
        return sql.list(VACUUM_OFF, row -> row.getString("name"));
    }

    /** Of sessions of other roles one without this right is told nothing but that they are there. */
    static boolean seesAll(Sql sql) {
        return sql.find(SEES_ALL, row -> row.getBoolean("sees_all")).orElseThrow();
    }

    private static String text(Row row, String column) {
        return Optional.ofNullable(row.getString(column)).orElse("");
    }

    private static Duration age(Row row, String column) {
        return SourceTables.seconds(Optional.ofNullable(row.getDouble(column)).orElse(0.0));
    }

    private static double secondsOf(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
