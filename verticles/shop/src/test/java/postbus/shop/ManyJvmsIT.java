package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import postbus.node.process.Launch;
import postbus.node.process.NodeProcess;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;

/** Every service from its fat jar as its own process, started as {@code ./run cluster} starts them. */
@Timeout(180)
class ManyJvmsIT extends OrderFlowContract {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path data;

    private static String databaseUrl;
    private static int port;
    private static String clusterName;
    private static NodeProcess cluster;
    private static ShopClient shop;

    private static NodeProcess start(String service, String instance, String... arguments) {
        var launch = Launch.of(Path.of(""), Path.of("conf"), data.resolve("its"))
                .with(SETTINGS)
                .with(Map.of(
                        "DATABASE_URL",
                        databaseUrl,
                        "CLUSTER_NAME",
                        clusterName,
                        "CLUSTER_PORT",
                        "27701",
                        "DATA_DIR",
                        data.toString(),
                        "HTTP_PORT",
                        service.equals("shop") ? String.valueOf(port) : "0"));
        return NodeProcess.start(launch, service, instance, arguments);
    }

    @BeforeAll
    static void start() throws Exception {
        databaseUrl = ScratchDatabase.create();
        clusterName = "it-" + UUID.randomUUID();
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        shop = new ShopClient("http://127.0.0.1:" + port);
        cluster = start("shop", "shop", "cluster");
        Await.until("the shop opens", PATIENCE, () -> {
            assertThat(cluster.isAlive())
                    .as("shop is alive: %s", cluster.output())
                    .isTrue();
            return cluster.output().contains("The shop is open");
        });
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.terminate();
        assertThat(cluster.awaitExit(PATIENCE)).as("exit code after SIGTERM").isZero();
        for (var service : ShopMain.SERVICES) {
            assertThat(cluster.output().lines()).as("drained").contains(service.name() + " has ended");
        }
    }

    @Test
    void every_node_says_in_one_line_that_it_is_ready() {
        for (var service : ShopMain.SERVICES) {
            assertThat(cluster.output().lines())
                    .filteredOn(line -> line.startsWith(service.name() + " is ready"))
                    .hasSize(1);
        }
    }

    @Test
    void a_second_instance_joins_shares_the_load_and_leaves_without_a_trace() throws Exception {
        try (var second = start("inventory", "inventory-2")) {
            var metrics = URI.create(second.awaitReady(PATIENCE).address() + "/metrics");
            var sku = shop.stock(100, 100);
            // Goods in batches to any instance; after a while some have come to the second
            Await.until("the second instance gets work", Duration.ofMinutes(1), () -> {
                shop.settled(shop.order(sku, 1, ""));
                return delivered(metrics) > 0;
            });
            var last = shop.order(sku, 1, "");
            second.terminate();
            assertThat(second.awaitExit(PATIENCE)).isZero();
            assertThat(shop.settled(last).getString("status")).isEqualTo("shipped");
        }
    }

    @Test
    void orders_survive_the_sudden_death_of_an_instance_that_applies_them() throws Exception {
        try (var second = start("ordering", "ordering-2")) {
            second.awaitReady(PATIENCE);
            var sku = shop.stock(100, 100);
            var orders = new ArrayList<String>();
            for (int i = 0; i < 20; i++) {
                orders.add(shop.order(sku, 1, ""));
            }
            second.kill();
            // What was in its hands goes to another instance after a time-out, which may be later than an order's
            // deadline
            int shipped = 0;
            for (var orderId : orders) {
                var order = shop.settled(orderId);
                if (order.getString("status").equals("shipped")) {
                    shipped++;
                } else {
                    assertThat(order.getString("reason")).isEqualTo("deadline-passed");
                }
            }
            shop.awaitStock(sku, 100 - shipped, 0);
            assertMoneyAddsUp();
        }
    }

    /** Batches this instance was given, from its metrics. */
    private static double delivered(URI metrics) {
        try {
            var text = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            return text.lines()
                    .filter(line -> line.startsWith("vertx_eventbus_delivered_total"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
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
