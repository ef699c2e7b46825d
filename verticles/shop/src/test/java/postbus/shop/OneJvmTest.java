package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.node.Node;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;

/** Every service in this JVM. */
@Timeout(90)
class OneJvmTest extends OrderFlowContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Node node;
    private static String databaseUrl;
    private static ShopClient shop;

    @BeforeAll
    static void start() {
        databaseUrl = ScratchDatabase.create();
        var settings = new HashMap<>(SETTINGS);
        settings.put("DATABASE_URL", databaseUrl);
        settings.put("DATABASE_POOL_SIZE", "6");
        settings.put("HTTP_PORT", "0");
        settings.put("RETRY_ATTEMPTS_MAX", "2");
        node = Node.alone();
        node.deploy(ShopMain.SERVICES, name -> Settings.of(settings));
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
