package postbus.messaging.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import org.flywaydb.core.api.FlywayException;

/** Gives the roles of a service and of relays what they need of a schema, and no more. {@code privileges.sql} says what. */
final class Privileges {
    private static final String STATEMENT = read("/postbus/messaging/privileges.sql");

    private static final String ENTER = """
            select set_config('search_path', quote_ident(?), false)
            """;

    private Privileges() {}

    /** In one transaction. Of a schema that is another role's nothing is given. */
    static void give(String jdbcUrl, Properties credentials, String schema) {
        try (var connection = DriverManager.getConnection(jdbcUrl, credentials);
                var enter = connection.prepareStatement(ENTER);
                var give = connection.createStatement()) {
            enter.setString(1, schema);
            enter.execute();
            give.execute(STATEMENT);
        } catch (SQLException e) {
            throw new FlywayException("privileges of schema " + schema + " cannot be given", e);
        }
    }

    private static String read(String resource) {
        try (var in = Objects.requireNonNull(Privileges.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
