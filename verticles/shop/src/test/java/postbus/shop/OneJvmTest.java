package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.retention.Retention;
import postbus.node.Database;
import postbus.node.Node;
import postbus.node.NodeService;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;
import postbus.testkit.Logins;

/**
 * Every service in this JVM, each with a login of its own that has the rights of its role and no more; the schemas are
 * somebody else's, and so are up to date before they start.
 */
@Timeout(90)
class OneJvmTest extends OrderFlowContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Node node;
    private static String databaseUrl;
    private static ShopClient shop;

    @BeforeAll
    static void start() {
        databaseUrl = ScratchDatabase.create();
        var owner = new Database(Logins.owner(databaseUrl), 1);
        ShopMain.SERVICES.stream()
                .filter(NodeService::hasSchema)
                .forEach(service -> owner.migrate(service.name(), true));
        var settings = new HashMap<>(SETTINGS);
        settings.put("DATABASE_POOL_SIZE", "6");
        settings.put("HTTP_PORT", "0");
        settings.put("RETRY_ATTEMPTS_MAX", "2");
        node = Node.alone();
        node.deploy(ShopMain.SERVICES, name -> {
            var own = new HashMap<>(settings);
            switch (name) {
                case "gateway" -> {} // has no database
                case "outbox" -> own.put("DATABASE_URL", Logins.as(databaseUrl, "postbus_relay"));
                default -> own.put("DATABASE_URL", Logins.as(databaseUrl, "postbus_" + name));
            }
            return Settings.of(own);
        });
        shop = new ShopClient("http://127.0.0.1:" + node.httpPort());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void an_order_that_cannot_be_picked_holds_up_no_other_and_ships_when_it_is_retried_after_mending()
            throws Exception {
        var sku = shop.stock(10, 250);
        String poisoned;
        try (var shipping = shipping()) {
            shipping.setAutoCommit(false);
            execute(
                    shipping,
                    "lock table dispatch in share row exclusive mode"); // nothing is picked until it is broken
            poisoned = shop.order(sku, 1, "");
            execute(shipping, """
                    create function jam() returns trigger language plpgsql as
                    $$ begin raise exception 'the shelf is jammed'; end $$
                    """);
            execute(
                    shipping,
                    "create trigger jam before insert on dispatch for each row" + " when (new.order_id = '" + poisoned
                            + "') execute function jam()");
            shipping.commit();
        }
        var other = shop.order(sku, 2, "");
        assertThat(shop.settled(other).getString("status")).isEqualTo("shipped");
        var query = "/ops/dead-letters?service=shipping&key=" + poisoned;
        var dead = Await.value(
                "the dead letter is seen",
                PATIENCE,
                () -> shop.get(query).body().getJsonArray("deadLetters", new JsonArray()).stream()
                        .map(JsonObject.class::cast)
                        .findFirst());
        assertThat(dead.getString("type")).isEqualTo("ordering.order-paid.v1");
        assertThat(dead.getString("error")).contains("the shelf is jammed");
        assertThat(shop.orderNow(poisoned).getString("status")).isEqualTo("paid");

        try (var shipping = shipping()) {
            execute(shipping, "drop trigger jam on dispatch");
        }
        var decision = JsonObject.of("by", "anna", "why", "the shelf is mended");
        var path = "/ops/dead-letters/shipping/" + dead.getString("messageId") + "/retry";
        assertThat(shop.post(path, decision, "").status()).isEqualTo(200);
        assertThat(shop.settled(poisoned).getString("status")).isEqualTo("shipped");
        assertThat(shop.get(query).body().getJsonArray("deadLetters")).isEmpty();
        shop.awaitStock(sku, 7, 0);
    }

    @Test
    void a_service_can_neither_read_the_schema_of_another_nor_change_its_own() throws SQLException {
        shop.settled(shop.order(shop.stock(1, 100), 1, ""));
        try (var ordering = Logins.connect(Logins.as(databaseUrl, "postbus_ordering"))) {
            execute(ordering, "select from ordering.order_event");
            assertRefused(ordering, "select from inventory.shelf", "permission denied for schema inventory");
            assertRefused(ordering, "select from inventory.outbox", "permission denied for schema inventory");
            assertRefused(ordering, "delete from ordering.outbox", "permission denied for table outbox");
            assertRefused(ordering, "update ordering.ledger_head set position = 0", "permission denied for table");
            assertRefused(ordering, "create table ordering.own (n int)", "permission denied for schema ordering");
            assertRefused(ordering, "create table public.own (n int)", "permission denied for schema public");
            assertRefused(
                    ordering, "update ordering.service_history set success = false", "permission denied for table");
        }
    }

    @Test
    void relays_can_read_and_delete_messages_and_not_look_at_what_services_keep() throws SQLException {
        shop.settled(shop.order(shop.stock(1, 100), 1, ""));
        try (var relay = Logins.connect(Logins.as(databaseUrl, "postbus_relay"))) {
            execute(relay, "select from ordering.outbox");
            execute(relay, "delete from ordering.outbox where false");
            for (var statement : List.of(
                    "select from ordering.order_event",
                    "update ordering.order_event set version = 1",
                    "select from ordering.order_snapshot",
                    "select from payment.payment",
                    "select from ordering.reply")) {
                assertRefused(relay, statement, "permission denied for table");
            }
            assertRefused(relay, "create table ordering.own (n int)", "permission denied for schema ordering");
            assertRefused(relay, "create table public.own (n int)", "permission denied for schema public");
        }
    }

    @Test
    void relays_delete_what_every_subscription_has_applied() {
        shop.settled(shop.order(shop.stock(1, 100), 1, ""));
        var relay = new Database(Logins.as(databaseUrl, "postbus_relay"), 1).pool(node.vertx(), "catalog");
        try {
            Await.until("a product that everybody heard of is deleted", PATIENCE, () -> prune(relay) > 0);
        } finally {
            relay.close().await();
        }
    }

    private static int prune(Pool relay) {
        var retention = new Retention(Retention.Options.DEFAULT);
        var connection = relay.getConnection().await();
        try {
            int count = 0;
            for (int lane = 0; lane < 8; lane++) {
                count += retention
                        .prune(connection, lane, Long.MAX_VALUE)
                        .await()
                        .count();
            }
            return count;
        } finally {
            connection.close().await();
        }
    }

    private static void assertRefused(Connection connection, String statement, String why) {
        assertThatThrownBy(() -> execute(connection, statement))
                .as(statement)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(why);
    }

    private static Connection shipping() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + databaseUrl.replaceFirst("//[^@]*@", "//") + "?currentSchema=shipping",
                "postgres",
                "postgres");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    ShopClient shop() {
        return shop;
    }

    @Override
    String databaseUrl() {
        return databaseUrl;
    }
}
