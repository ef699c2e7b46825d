package postbus.testkit;

import io.vertx.pgclient.PgConnectOptions;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Logins with few rights, on the server of a database that is known by its superuser. Done again it changes nothing. */
public final class Logins {
    private static final String PASSWORD = "secret";

    /** Who migrates, which makes roles too, and is no superuser. */
    private static final String OWNER = "postbus_owner";

    private Logins() {}

    /** The URL of the database for a login that has no right but those of these roles, which are there. */
    public static String as(String databaseUrl, String... roles) {
        return make(databaseUrl, String.join("_", roles) + "_login", "in role " + String.join(", ", roles));
    }

    /** The URL of the database for a login that may make schemas in it, and roles. */
    public static String owner(String databaseUrl) {
        var url = make(databaseUrl, OWNER, "createrole");
        var database = PgConnectOptions.fromUri(databaseUrl).getDatabase();
        execute(databaseUrl, "grant create on database " + database + " to " + OWNER);
        return url;
    }

    /** A connection with the rights that a URL has. */
    public static Connection connect(String databaseUrl) throws SQLException {
        var options = PgConnectOptions.fromUri(databaseUrl);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + options.getHost() + ":" + options.getPort() + "/" + options.getDatabase(),
                options.getUser(),
                options.getPassword());
    }

    private static String make(String databaseUrl, String name, String rights) {
        execute(databaseUrl, """
                do $$
                begin
                    perform pg_advisory_xact_lock(815);
                    if not exists (select from pg_roles where rolname = '%1$s') then
                        create role %1$s login password '%2$s' %3$s;
                    end if;
                end $$
                """.formatted(name, PASSWORD, rights));
        var url = URI.create(databaseUrl);
        return url.getScheme() + "://" + name + ":" + PASSWORD + "@" + url.getHost() + ":" + url.getPort()
                + url.getPath();
    }

    private static void execute(String databaseUrl, String sql) {
        try (var connection = connect(databaseUrl);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
