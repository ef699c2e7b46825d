package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shop with ordering in two shards, each with its own relay. */
@Timeout(180)
class ShardedShopTest {
    private static final int CUSTOMERS = 12;
    private static final List<String> SHARDS = List.of("ordering-0", "ordering-1");

    private static LocalShop shop;
    private static ShopClient client;

    @BeforeAll
    static void start() {
        var services = ShopMain.SERVICES.stream()
                .flatMap(service -> service.name().equals("ordering")
                        ? Stream.of(service.shard(0), service.shard(1))
                        : Stream.of(service))
                .toList();
        shop = new LocalShop(
                Map.of(
                        "SHARDS",
                        "ordering:2",
                        "SOURCES",
                        "catalog,inventory,ordering-0,ordering-1,payment,shipping",
                        "DEAD_LETTERS_OF",
                        "catalog,inventory,notifications,ordering-0,ordering-1,payment,shipping,tracking",
                        "DISPATCH_AFTER",
                        "PT0.1S"),
                services);
        client = shop.client();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void orders_of_all_customers_are_shipped_by_both_shards_and_seen_as_those_of_one_shop() throws Exception {
        var sku = client.stock(100, 250);
        client.settled(client.order(sku, 1, "")); // so one shard has heard of it, and soon the other
        var orders = new ArrayList<String>();
        for (int n = 0; n < CUSTOMERS; n++) {
            orders.add(order("customer-" + n, sku));
        }

        for (var order : orders) {
            assertThat(client.get("/orders/" + order).status()).isEqualTo(200);
            assertThat(client.settled(order).getString("status")).isEqualTo("shipped");
        }
        client.awaitStock(sku, 100 - CUSTOMERS - 1, 0);
        Books.requireBalance(shop.databaseUrl());
        var listed = new HashSet<String>();
        client.get("/orders?limit=100")
                .body()
                .getJsonArray("orders")
                .forEach(order -> listed.add(((JsonObject) order).getString("orderId")));
        assertThat(listed).containsAll(orders);
        var inShards = new ArrayList<String>();
        for (var shard : SHARDS) {
            var own = placedIn(shard);
            assertThat(own).isNotEmpty();
            inShards.addAll(own);
        }
        assertThat(inShards).doesNotHaveDuplicates().containsAll(orders);
    }

    @Test
    void an_order_is_cancelled_followed_and_searched_by_its_id_alone() throws Exception {
        var sku = client.stock(100, 250);
        for (int n = 0; n < 4; n++) {
            var order = order("other-" + n, sku);
            try (var events = new EventSource(shop.address() + "/orders/" + order + "/events", "")) {
                var seen = events.until(event -> event.type().equals("ordering.order-shipped.v1"));
                assertThat(seen.stream()
                                .filter(event -> event.type().startsWith("ordering."))
                                .map(event -> event.data().getString("source"))
                                .distinct())
                        .hasSize(1)
                        .isSubsetOf(SHARDS);
            }
            assertThat(client.cancel(order).status()).isEqualTo(409); // it is shipped
            assertThat(client.get("/ops/messages?key=" + order).body().getJsonArray("messages"))
                    .isNotEmpty();
        }
        assertThat(client.cancel(UUID.randomUUID().toString()).status()).isEqualTo(404);
        assertThat(client.get("/ops/dead-letters").body().getJsonArray("unanswered"))
                .isEmpty();
    }

    /** Both shards must have heard of the product. */
    private static String order(String customer, String sku) {
        var line = new JsonObject().put("sku", sku).put("quantity", 1);
        var order = new JsonObject().put("customerId", customer).put("lines", new JsonArray().add(line));
        return client.place(order);
    }

    private static List<String> placedIn(String shard) throws SQLException {
        try (var connection = shop.schema(shard);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select stream::text from order_event where type = 'placed'")) {
            var placed = new ArrayList<String>();
            while (rows.next()) {
                placed.add(rows.getString(1));
            }
            return placed;
        }
    }
}
