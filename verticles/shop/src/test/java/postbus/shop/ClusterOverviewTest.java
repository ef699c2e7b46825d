package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.gateway.GatewayMain;
import postbus.node.Node;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;

/** A gateway's overview of a cluster of two nodes: itself, and one that runs all the rest. */
@Timeout(180)
class ClusterOverviewTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Node services;
    private static Node gateway;
    private static ShopClient shop;

    @BeforeAll
    static void start() {
        var all = new HashMap<>(OrderFlowContract.SETTINGS);
        all.put("DATABASE_URL", ScratchDatabase.create());
        all.put("DATABASE_POOL_SIZE", "4");
        all.put("HTTP_PORT", "0");
        all.put("CLUSTER_NAME", "overview-" + UUID.randomUUID());
        all.put("CLUSTER_PORT", "28301");
        var settings = Settings.of(all);
        gateway = Node.joinCluster(settings);
        services = Node.joinCluster(settings);
        services.deploy(
                ShopMain.SERVICES.stream()
                        .filter(service -> service != GatewayMain.SERVICE)
                        .toList(),
                name -> settings);
        gateway.deploy(List.of(GatewayMain.SERVICE), name -> settings);
        shop = new ShopClient("http://127.0.0.1:" + gateway.httpPort());
    }

    @AfterAll
    static void stop() {
        services.close();
        gateway.close();
    }

    private static JsonObject overview() {
        return shop.get("/ops/overview").body();
    }

    private static Stream<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast);
    }

    private static Optional<JsonObject> subscription(String name, String source) {
        return objects(overview().getJsonArray("subscriptions"))
                .filter(each -> each.getString("subscription").equals(name)
                        && each.getString("source").equals(source))
                .findFirst();
    }

    @Test
    void it_has_both_nodes_with_what_each_runs_and_the_relays_of_the_one_that_has_some() {
        var nodes = Await.value(
                "both are ready",
                PATIENCE,
                () -> Optional.of(overview().getJsonArray("nodes"))
                        .filter(all -> all.size() == 2 && objects(all).allMatch(node -> node.getBoolean("ready"))));
        var ofServices = objects(nodes)
                .filter(node -> node.getString("http").endsWith(":" + services.httpPort()))
                .findFirst()
                .orElseThrow();
        assertThat(ofServices.getJsonArray("services"))
                .hasSize(ShopMain.SERVICES.size() - 1)
                .contains("outbox", "shipping");
        Await.until(
                "every source is led there",
                PATIENCE,
                () -> objects(overview().getJsonArray("sources"))
                                .filter(source -> ofServices.getString("id").equals(source.getString("relayNode")))
                                .count()
                        == 5);
    }

    @Test
    void it_has_each_subscription_with_how_far_it_is_and_how_long_messages_take() {
        var sku = shop.stock(10, 250);
        var measured = Await.value("shipping applies what ordering says", PATIENCE, () -> {
            shop.settled(shop.order(sku, 1, ""));
            return subscription("shipping", "ordering").filter(found -> found.containsKey("handledMillis"));
        });
        assertThat(measured.getDouble("appliedPerSecond")).isPositive();
        assertThat(measured.getJsonObject("handledMillis").getDouble("p99"))
                .isGreaterThanOrEqualTo(measured.getJsonObject("handledMillis").getDouble("p50"));
        assertThat(measured.getJsonArray("lanes")).hasSize(8);
        Await.until(
                "all of it is applied",
                PATIENCE,
                () -> subscription("shipping", "ordering")
                        .filter(found -> found.getLong("lag") == 0
                                && found.getString("state").equals("live"))
                        .isPresent());
    }
}
