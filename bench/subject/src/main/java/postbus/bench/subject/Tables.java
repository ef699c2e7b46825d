package postbus.bench.subject;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;

/** The two tables of the work: what is sold, and what has become of it. */
public final class Tables {
    private static final String CREATE = """
            create schema sales;
            create table sales.orders (
                id       uuid        primary key,
                customer integer     not null,
                amount   integer     not null,
                created  timestamptz not null
            );
            create schema effects;
            create table effects.handled (
                message_id uuid        primary key,
                order_id   uuid        not null,
                at         timestamptz not null
            )
            """;

    private final Connection connection;

    /** @param url of the database, for JDBC, with user and password */
    public Tables(String url) throws SQLException {
        connection = DriverManager.getConnection(url);
    }

    /** Makes them; for a system that does not bring them itself. */
    public void create() throws SQLException {
        execute(CREATE);
    }

    public void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public long number(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    void forgetOrders() throws SQLException {
        execute("truncate sales.orders");
    }

    long effects() throws SQLException {
        return number("select count(*) from effects.handled");
    }

    /** Within the caller's transaction. */
    public static void insert(Connection connection, Order order) throws SQLException {
        try (var statement = connection.prepareStatement(Order.INSERT)) {
            statement.setObject(1, order.orderId());
            statement.setInt(2, order.customer());
            statement.setInt(3, order.amount());
            statement.setTimestamp(4, Timestamp.from(order.created()));
            statement.executeUpdate();
        }
    }

    /** Within the caller's transaction, or in one of its own where the connection commits by itself. */
    public static void handle(Connection connection, Order order) throws SQLException {
        try (var statement = connection.prepareStatement(Order.HANDLE)) {
            statement.setObject(1, order.messageId());
            statement.setObject(2, order.orderId());
            statement.executeUpdate();
        }
    }

    /** All in one round trip, within the caller's transaction. */
    public static void handle(Connection connection, List<Order> orders) throws SQLException {
        try (var statement = connection.prepareStatement(Order.HANDLE)) {
            for (var order : orders) {
                statement.setObject(1, order.messageId());
                statement.setObject(2, order.orderId());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
