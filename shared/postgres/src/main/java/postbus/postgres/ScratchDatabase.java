package postbus.postgres;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** Fresh databases for tests, on one server that starts with the first of them and ends with the JVM. */
public final class ScratchDatabase {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private ScratchDatabase() {}

    private static final class Server {
        static final LocalPostgres POSTGRES = start();

        private static LocalPostgres start() {
            var postgres = LocalPostgres.temporary();
            Runtime.getRuntime().addShutdownHook(new Thread(postgres::close, "postgres-end"));
            return postgres;
        }
    }

    /** Makes an empty database and returns its URL, as {@code DATABASE_URL} takes it. */
    public static String create() {
        var server = Server.POSTGRES;
        var name = "scratch_" + COUNT.incrementAndGet();
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", "postgres", "postgres");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot make database " + name, e);
        }
        var url = server.url();
        return url.substring(0, url.lastIndexOf('/') + 1) + name;
    }
}
