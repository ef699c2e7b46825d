package postbus.bench.work;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import postbus.postgres.LocalPostgres;

/** The Postgres server of a run, and what it has used. */
public final class Server implements AutoCloseable {
    /** Checkpoints are kept out of the measurements: when one comes is chance. */
    public static final Map<String, String> SETTINGS = Map.of(
            "shared_buffers", "512MB", "max_wal_size", "4GB", "checkpoint_timeout", "30min", "max_connections", "200");

    private final LocalPostgres postgres = LocalPostgres.temporary(SETTINGS);
    private final Connection admin = connect("postgres");
    private final ProcessHandle process = ProcessHandle.of(number("select pg_backend_pid()"))
            .flatMap(ProcessHandle::parent)
            .orElseThrow();

    /** What was used so far: bytes of WAL, and CPU time of all sessions that are open. */
    public record Usage(long walBytes, Duration cpu) {}

    public Usage usage() {
        var cpu = process.children()
                .flatMap(session -> session.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
        return new Usage(number("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"), cpu);
    }

    public String version() {
        return text("show server_version");
    }

    /** Makes an empty database and returns its URL. */
    public String create(String database) {
        execute("create database " + database);
        var url = postgres.url();
        return url.substring(0, url.lastIndexOf('/') + 1) + database;
    }

    public void drop(String database) {
        execute("drop database " + database + " with (force)");
    }

    /** So that the pages one measurement dirtied are not written in the next. */
    public void checkpoint() {
        execute("checkpoint");
    }

    private Connection connect(String database) {
        try {
            return DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/" + database, "postgres", "postgres");
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
