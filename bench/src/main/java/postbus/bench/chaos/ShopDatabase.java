package postbus.bench.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import postbus.postgres.LocalPostgres;
import postbus.testkit.TcpProxy;

/** The shop's Postgres, with a proxy in front of it that its nodes go through and this tool does not. Thread-safe. */
final class ShopDatabase implements AutoCloseable {
    private static final int PORT_MIN = 15_432;

    private static final String TERMINATE_ALL = """
            select count(pg_terminate_backend(pid))
              from pg_stat_activity
             where backend_type = 'client backend' and pid <> pg_backend_pid()
            """;

    private final Path data;
    private final int port;
    private final TcpProxy proxy;
    private LocalPostgres server;

    /** @param data where the server keeps its data, made when missing */
    ShopDatabase(Path data) {
        this.data = data;
        port = FreePort.from(PORT_MIN);
        server = LocalPostgres.kept(data, port);
        proxy = TcpProxy.to(port);
    }

    /** As {@code DATABASE_URL} takes it. */
    String url() {
        return server.url().replace(":" + port + "/", ":" + proxy.port() + "/");
    }

    /** A connection past the proxy; fails while the server is away. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?ApplicationName=chaos&socketTimeout=120",
                "postgres",
                "postgres");
    }

    TcpProxy proxy() {
        return proxy;
    }

    synchronized void restart() {
        server.close();
        server = LocalPostgres.kept(data, port);
    }

    /** Without a checkpoint: the server recovers from its log when it starts. */
    synchronized void crash() {
        server.crash();
        server = LocalPostgres.kept(data, port);
    }

    /** Returns how many sessions it ended. One that comes while the server restarts waits for it. */
    synchronized int terminateAll() throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(TERMINATE_ALL)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Deletes its data; after closing. */
    void delete() {
        try (var files = Files.walk(data)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        proxy.close();
        server.close();
    }
}
