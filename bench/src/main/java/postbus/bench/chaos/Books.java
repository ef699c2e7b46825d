package postbus.bench.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The tool's schema {@code chaos} beside those of the shop: what customers were told, each move of each cursor, and views
 * over the same table of all services, for {@link Check}. Methods take a connection that sees all schemas.
 */
final class Books {
    /** Every service with a schema of its own. */
    static final List<String> SCHEMAS =
            List.of("catalog", "inventory", "ordering", "payment", "shipping", "tracking", "notifications", "auditor");

    private static final List<String> VIEWED =
            List.of("outbox", "ledger", "ledger_head", "subscription_cursor", "parked_message", "scheduled");

    private static final String ADD_ACCEPTED =
            "insert into chaos.accepted (order_id, idempotency_key) values (?::uuid, ?)";

    private static final String ADD_DELIVERED = "insert into chaos.delivered (sku, pieces) values (?, ?)";

    private static final String COUNT_SETTLED =
            "select count(*) from ordering.order_event where type in ('shipped', 'cancelled')";

    private static final String COUNT_MESSAGES = "select count(*) from chaos.ledger";

    private static final String COUNT_PASSED = """
            select count(*)
              from chaos.subscription_cursor c
              join chaos.ledger l on l.source = c.source and l.lane = c.lane and l.position <= c.position
            """;

    private static final String OUTCOMES = """
            select type || coalesce(', ' || (data ->> 'reason'), '') as outcome, count(*)
              from ordering.order_event
             where type in ('shipped', 'cancelled')
             group by 1
             order by 1
            """;

    private Books() {}

    /** Opens the books. Once, after the services have migrated and before the first order. */
    static void open(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(script());
            for (var table : VIEWED) {
                statement.execute(view(table));
            }
            for (var schema : SCHEMAS) {
                statement.execute("create trigger note_cursor_move after update on %s.subscription_cursor for each row "
                                .formatted(schema)
                        + "execute function chaos.note_cursor_move()");
            }
        }
    }

    private static String script() {
        try (var script = Objects.requireNonNull(Books.class.getResourceAsStream("books.sql"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String view(String table) {
        return SCHEMAS.stream()
                .map(schema -> "select '%s'::text as %s, t.* from %s.%s t"
                        .formatted(schema, namesASource(table) ? "service" : "source", schema, table))
                .collect(Collectors.joining(" union all ", "create view chaos." + table + " as ", ""));
    }

    /** These have a column {@code source} of their own: whose messages they are about. */
    private static boolean namesASource(String table) {
        return table.equals("subscription_cursor") || table.equals("parked_message");
    }

    /** @param orderIds by idempotency key */
    static void addAccepted(Connection connection, Map<String, String> orderIds) throws SQLException {
        try (var statement = connection.prepareStatement(ADD_ACCEPTED)) {
            for (var order : orderIds.entrySet()) {
                statement.setString(1, order.getValue());
                statement.setString(2, order.getKey());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    static void addDelivered(Connection connection, Collection<String> skus, long pieces) throws SQLException {
        try (var statement = connection.prepareStatement(ADD_DELIVERED)) {
            for (var sku : skus) {
                statement.setString(1, sku);
                statement.setLong(2, pieces);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Orders that are shipped or cancelled. */
    static long settled(Connection connection) throws SQLException {
        return number(connection, COUNT_SETTLED);
    }

    /** Messages that have a position. */
    static long messages(Connection connection) throws SQLException {
        return number(connection, COUNT_MESSAGES);
    }

    /** Messages that subscriptions went through, one for each message and subscription; also those not meant for it. */
    static long passed(Connection connection) throws SQLException {
        return number(connection, COUNT_PASSED);
    }

    /** Orders by what became of them. */
    static Map<String, Long> outcomes(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(OUTCOMES)) {
            var outcomes = new LinkedHashMap<String, Long>();
            while (rows.next()) {
                outcomes.put(rows.getString(1), rows.getLong(2));
            }
            return outcomes;
        }
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
