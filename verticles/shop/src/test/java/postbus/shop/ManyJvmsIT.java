package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;

/** Every service from its fat jar as its own process, started as {@code ./run cluster} starts them. */
@Timeout(180)
class ManyJvmsIT extends OrderFlowContract {
    private static final Pattern HTTP = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private static Path data;

    private static String databaseUrl;
    private static int port;
    private static String clusterName;
    private static Jar cluster;
    private static ShopClient shop;

    /** A process of a fat jar, and what it printed. */
    private record Jar(Process process, List<String> lines) implements AutoCloseable {
        static Jar start(String name, String... arguments) throws IOException {
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@conf/jvm.options",
                    "-jar",
                    "verticles/" + name + "/target/" + name + ".jar"));
            command.addAll(List.of(arguments));
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(SETTINGS);
            builder.environment().put("DATABASE_URL", databaseUrl);
            builder.environment().put("CLUSTER_NAME", clusterName);
            builder.environment().put("CLUSTER_PORT", "27701");
            builder.environment().put("DATA_DIR", data.toString());
            builder.environment().put("HTTP_PORT", name.equals("shop") ? String.valueOf(port) : "0");
            var process = builder.start();
            var lines = new java.util.concurrent.CopyOnWriteArrayList<String>();
            Thread.ofVirtual().name(name + "-output").start(() -> read(process, lines));
            return new Jar(process, lines);
        }

        private static void read(Process process, List<String> lines) {
            try (var reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException e) {
                lines.add("output lost: " + e);
            }
        }

        String awaitLine(String what, Predicate<String> fits) {
            return Await.value(what, Duration.ofMinutes(2), () -> {
                assertThat(process.isAlive()).as("%s; output: %s", what, lines).isTrue();
                return lines.stream().filter(fits).findFirst();
            });
        }

        int terminate() throws Exception {
            process.toHandle().destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS))
                    .as("ends within 20 s of SIGTERM")
                    .isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        databaseUrl = ScratchDatabase.create();
        clusterName = "it-" + UUID.randomUUID();
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        shop = new ShopClient("http://127.0.0.1:" + port);
        cluster = Jar.start("shop", "cluster");
        cluster.awaitLine("the shop opens", line -> line.startsWith("The shop is open"));
    }

    @AfterAll
    static void stop() throws Exception {
        assertThat(cluster.terminate()).as("exit code after SIGTERM").isZero();
        for (var service : ShopMain.SERVICES) {
            assertThat(cluster.lines()).as("drained").contains(service.name() + " has ended");
        }
    }

    @Test
    void every_node_says_in_one_line_that_it_is_ready() {
        for (var service : ShopMain.SERVICES) {
            assertThat(cluster.lines())
                    .filteredOn(line -> line.startsWith(service.name() + " is ready"))
                    .hasSize(1);
        }
    }

    @Test
    void a_second_instance_joins_shares_the_load_and_leaves_without_a_trace() throws Exception {
        try (var second = Jar.start("inventory")) {
            var ready =
                    second.awaitLine("the second inventory is ready", line -> line.startsWith("inventory is ready"));
            var matcher = HTTP.matcher(ready);
            assertThat(matcher.find()).isTrue();
            var metrics = URI.create(matcher.group() + "/metrics");
            var sku = shop.stock(100, 100);
            // Goods in batches to any instance; after a while some have come to the second
            Await.until("the second instance gets work", Duration.ofMinutes(1), () -> {
                shop.settled(shop.order(sku, 1, ""));
                return delivered(metrics) > 0;
            });
            var last = shop.order(sku, 1, "");
            assertThat(second.terminate()).isZero();
            assertThat(shop.settled(last).getString("status")).isEqualTo("shipped");
        }
    }

    @Test
    void orders_survive_the_sudden_death_of_an_instance_that_applies_them() throws Exception {
        try (var second = Jar.start("ordering")) {
            second.awaitLine("the second ordering is ready", line -> line.startsWith("ordering is ready"));
            var sku = shop.stock(100, 100);
            var orders = new ArrayList<String>();
            for (int i = 0; i < 20; i++) {
                orders.add(shop.order(sku, 1, ""));
            }
            second.process().destroyForcibly().waitFor(); // SIGKILL
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
