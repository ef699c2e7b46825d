package postbus.shop;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import postbus.node.Node;
import postbus.node.NodeService;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;

/** Every service in this JVM, on a database of its own; can be ended and started again at the same address. */
final class LocalShop implements AutoCloseable {
    private final String databaseUrl = ScratchDatabase.create();
    private final Map<String, String> settings = new HashMap<>(OrderFlowContract.SETTINGS);
    private final List<NodeService> services;
    private Node node;

    LocalShop(Map<String, String> more) {
        this(more, ShopMain.SERVICES);
    }

    /** Of these services. */
    LocalShop(Map<String, String> more, List<NodeService> services) {
        this.services = services;
        settings.putAll(Map.of(
                "DATABASE_URL", databaseUrl, "DATABASE_POOL_SIZE", "6", "HTTP_PORT", "0", "RETRY_ATTEMPTS_MAX", "2"));
        settings.putAll(more);
        start();
        settings.put("HTTP_PORT", String.valueOf(node.httpPort()));
    }

    void start() {
        node = Node.alone();
        node.deploy(services, name -> Settings.of(settings));
    }

    void stop() {
        node.close();
    }

    String address() {
        return "http://127.0.0.1:" + settings.get("HTTP_PORT");
    }

    ShopClient client() {
        return new ShopClient(address());
    }

    /** {@code postgresql://…} of its schemas. */
    String databaseUrl() {
        return databaseUrl;
    }

    /** A connection to a service's schema. */
    Connection schema(String service) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + databaseUrl.replaceFirst("//[^@]*@", "//") + "?currentSchema=" + service,
                "postgres",
                "postgres");
    }

    /** From now on shipping cannot pick what is to be sent. */
    void jamShelves() throws SQLException {
        execute("shipping", """
                create function jam() returns trigger language plpgsql as
                $$ begin raise exception 'the shelf is jammed'; end $$
                """);
        execute("shipping", "create trigger jam before insert on dispatch for each row execute function jam()");
    }

    void mendShelves() throws SQLException {
        execute("shipping", "drop trigger jam on dispatch");
        execute("shipping", "drop function jam()");
    }

    private void execute(String service, String sql) throws SQLException {
        try (var connection = schema(service);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
