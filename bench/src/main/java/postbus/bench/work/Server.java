package postbus.bench.work;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import postbus.postgres.LocalPostgres;

/** The Postgres server of a run, and what it has used. */
public final class Server implements AutoCloseable {
    /**
     * Checkpoints are kept out of the measurements: when one comes is chance. The log is what those need that read it, for
     * all alike.
     */
    public static final Map<String, String> SETTINGS = Map.of(
            "shared_buffers", "512MB",
            "max_wal_size", "4GB",
            "checkpoint_timeout", "30min",
            "max_connections", "200",
            "wal_level", "logical");

    private static final String CREDENTIALS = "?user=postgres&password=postgres";

    private final LocalPostgres postgres = LocalPostgres.temporary(SETTINGS);
    private final Connection admin = connect("postgres");
    private final ProcessHandle process = ProcessHandle.of(number("select pg_backend_pid()"))
            .flatMap(ProcessHandle::parent)
            .orElseThrow();

    /** What was used so far: bytes of WAL, and CPU time of each process that is there. */
    public record Usage(long walBytes, Map<Long, Duration> cpu) {
        /** Of a process that came since then all counts, of one that went nothing. */
        public Duration cpuSince(Usage before) {
            var sum = Duration.ZERO;
            for (var now : cpu.entrySet()) {
                sum = sum.plus(now.getValue()).minus(before.cpu.getOrDefault(now.getKey(), Duration.ZERO));
            }
            return sum;
        }
    }

    public Usage usage() {
        var cpu = new HashMap<Long, Duration>();
        process.children()
                .forEach(session -> session.info().totalCpuDuration().ifPresent(used -> cpu.put(session.pid(), used)));
        return new Usage(number("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"), cpu);
    }

    public String version() {
        return text("show server_version");
    }

    /** Makes an empty database and returns its URL for JDBC. */
    public String create(String database) {
        execute("create database " + database);
        return url(database);
    }

    /** The same database as {@code DATABASE_URL} has it. */
    public static String databaseUrl(String jdbcUrl) {
        return jdbcUrl.replace("jdbc:postgresql://", "postgresql://postgres:postgres@")
                .replace(CREDENTIALS, "");
    }

    /** With what reads its log: the reader may be gone before the server knows. */
    public void drop(String database) {
        execute("select pg_terminate_backend(active_pid, 10000) from pg_replication_slots where active and database = '"
                + database + "'");
        execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '" + database
                + "'");
        execute("drop database " + database + " with (force)");
    }

    /** What is not as it must be after so many messages that were each to take effect once; empty when nothing is. */
    String wrongEffects(String database, int messages) {
        try (var there = connect(database);
                var statement = there.createStatement();
                var rows = statement.executeQuery("""
                        select (select count(*) from sales.orders),
                               (select count(*) from effects.handled),
                               (select count(*) from sales.orders
                                 where not exists (select from effects.handled where order_id = orders.id))
                        """)) {
            rows.next();
            var found = "%d orders, %d effects, %d orders without an effect"
                    .formatted(rows.getLong(1), rows.getLong(2), rows.getLong(3));
            var right = "%d orders, %d effects, 0 orders without an effect".formatted(messages, messages);
            return found.equals(right) ? "" : found + ", of " + messages + " messages";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In one of the databases. */
    void execute(String database, String sql) throws SQLException {
        try (var there = connect(database);
                var statement = there.createStatement()) {
            statement.execute(sql);
        }
    }

    /** So that the pages one measurement dirtied are not written in the next. */
    public void checkpoint() {
        execute("checkpoint");
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + database + CREDENTIALS;
    }

    private Connection connect(String database) {
        try {
            return DriverManager.getConnection(url(database));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void execute(String sql) {
        try (var statement = admin.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long number(String sql) {
        return Long.parseLong(text(sql));
    }

    private String text(String sql) {
        try (var statement = admin.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        postgres.close();
    }
}
