package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import postbus.node.process.Launch;
import postbus.node.process.NodeProcess;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;
import postbus.testkit.network.Host;
import postbus.testkit.network.Hosts;

/**
 * Three members on three hosts, each with every service, while the network between them fails and orders come in. After
 * each fault: the cluster is whole, every registration of the event bus is there and no other, each order is settled,
 * and stock adds up.
 *
 * <p>Takes minutes for each fault, so it is run by its name: {@code -Dit.test=NetworkFaults}.
 */
@Timeout(400)
class NetworkFaults {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Nine services in a JVM, and a first start that migrates all their schemas. */
    private static final Duration START_PATIENCE = Duration.ofMinutes(5);

    private static final int HOSTS = 3;
    private static final int PIECES = 10_000;

    private static final Path CONF = Path.of("conf").toAbsolutePath();

    @TempDir
    private static Path data;

    private static Hosts hosts;
    private static String databaseUrl;
    private static final List<NodeProcess> NODES = new ArrayList<>();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static JsonObject whole;

    private String sku = "";
    private Orders orders;

    @BeforeAll
    static void start() {
        Hosts.assumePossible();
        hosts = Hosts.create(HOSTS);
        databaseUrl = ScratchDatabase.create();
        var settings = new HashMap<>(OrderFlowContract.SETTINGS);
        settings.putAll(Map.of(
                "DATABASE_URL",
                hosts.publish(databaseUrl),
                "DATABASE_POOL_SIZE",
                "4",
                "CLUSTER_NAME",
                "network-" + UUID.randomUUID(),
                "CLUSTER_MEMBERS",
                hosts.addresses(),
                "HTTP_PORT",
                "8080"));
        for (var host : hosts.all()) {
            // What follows the class is given to its main method
            var launch = host.on(Launch.of(Path.of(""), CONF, data.resolve("its")))
                    .with(settings)
                    .withJvmOptions(
                            "-Xmx320m",
                            "-XX:TieredStopAtLevel=1",
                            "-Dlogback.configurationFile=" + CONF.resolve("logback.xml"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            ShopNode.class.getName());
            var node = NodeProcess.start(launch, "shop", host.name());
            NODES.add(node);
            node.awaitReady(START_PATIENCE);
        }
        whole = Await.value(
                "three members know each other",
                PATIENCE,
                () -> view(hosts.host(1))
                        .filter(view -> view.getJsonArray("members").size() == HOSTS)
                        .filter(view -> view.getJsonObject("registrations").stream()
                                .filter(address -> address.getKey().startsWith("postbus.deliver."))
                                .allMatch(address -> ((JsonArray) address.getValue()).size() % HOSTS == 0)));
    }

    @AfterAll
    static void stop() {
        NODES.forEach(NodeProcess::terminate);
        NODES.forEach(NodeProcess::close);
        if (hosts != null) {
            hosts.close();
        }
    }

    @BeforeEach
    void open() {
        sku = shop(hosts.host(1)).stock(PIECES, 100);
        orders = new Orders(sku);
    }

    @AfterEach
    void everythingIsRightAgain() {
        hosts.heal();
        clusterIsWhole();
        var placed = orders.end();
        var shop = shop(hosts.host(1));
        int shipped = 0;
        for (var orderId : placed) {
            if (settled(shop, orderId).getString("status").equals("shipped")) {
                shipped++;
            }
        }
        System.out.printf("%d orders, %d of them shipped%n", placed.size(), shipped);
        shop.awaitStock(sku, PIECES - shipped, 0);
        for (var host : hosts.all()) {
            assertThat(shop(host).get("/orders/" + placed.get(0)).status()).isEqualTo(200);
        }
    }

    /** Every member knows all members and the same registrations as before the fault, and reaches each of them. */
    private static void clusterIsWhole() {
        for (var host : hosts.all()) {
            try {
                Await.until(
                        host + " knows all members",
                        PATIENCE,
                        () -> view(host)
                                .map(view -> view.getJsonArray("members"))
                                .equals(Optional.of(whole.getJsonArray("members"))));
                Await.until(
                        host + " knows every registration and no other",
                        PATIENCE,
                        () -> view(host).map(NetworkFaults::lasting).equals(Optional.of(lasting(whole))));
                Await.until(
                        host + " has the same view as the first host",
                        PATIENCE,
                        () -> view(host)
                                .map(NetworkFaults::all)
                                .equals(view(hosts.host(1)).map(NetworkFaults::all)));
                Await.until(
                        host + " reaches every member",
                        PATIENCE,
                        () -> get(host, "/ask")
                                .map(answer -> answer.getJsonArray("answered"))
                                .equals(Optional.of(whole.getJsonArray("members"))));
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "\nis     " + view(host) + "\nshould " + whole, e);
            }
        }
    }

    @Test
    void both_halves_of_a_cluster_that_is_cut_in_two_go_on() {
        hosts.cut(List.of(hosts.host(1)), List.of(hosts.host(2), hosts.host(3)));
        awaitMembers(hosts.host(1), 1);
        awaitMembers(hosts.host(2), 2);
        awaitMembers(hosts.host(3), 2);
        eachSettlesAnOrder(hosts.all());
    }

    @Test
    void a_member_that_hears_no_other_is_left_out_and_comes_back() {
        var deaf = hosts.host(3);
        hosts.deafen(deaf);
        awaitMembers(hosts.host(1), 2);
        awaitMembers(hosts.host(2), 2);
        awaitMembers(deaf, 1);
        eachSettlesAnOrder(hosts.all());
    }

    @Test
    void a_member_that_comes_back_as_soon_as_it_was_left_out_finds_itself_registered() {
        for (int cut = 0; cut < 2; cut++) {
            var alone = hosts.host(1 + cut);
            hosts.unplug(alone);
            Await.until(
                    "somebody left out " + alone,
                    PATIENCE,
                    () -> hosts.all().stream()
                            .filter(host -> !host.equals(alone))
                            .anyMatch(host -> view(host)
                                    .filter(view -> view.getJsonArray("members").size() < HOSTS)
                                    .isPresent()));
            hosts.heal();
            clusterIsWhole();
        }
    }

    @Test
    void orders_go_on_while_three_in_ten_packets_are_lost() {
        hosts.lose(hosts.host(2), 30);
        eachSettlesAnOrder(List.of(hosts.host(1), hosts.host(3)));
        orders.awaitMore(10);
    }

    @Test
    void orders_go_on_while_everything_takes_200_ms_longer() {
        hosts.delay(hosts.host(2), Duration.ofMillis(200));
        eachSettlesAnOrder(hosts.all());
        orders.awaitMore(10);
    }

    @Test
    void another_relay_leads_when_the_leader_cannot_reach_the_database() {
        var host = hosts.all().stream()
                .filter(candidate -> view(candidate).orElseThrow().getJsonObject("registrations").stream()
                        .anyMatch(address -> address.getKey().equals("postbus.wake.ordering")
                                && ((JsonArray) address.getValue()).contains(id(candidate))))
                .findFirst()
                .orElseThrow();
        hosts.cut(List.of(host), List.of(hosts.database()));
        eachSettlesAnOrder(
                hosts.all().stream().filter(other -> !other.equals(host)).toList());
    }

    private void eachSettlesAnOrder(List<Host> some) {
        for (var host : some) {
            settled(shop(host), orders.place(host));
        }
    }

    private static String id(Host host) {
        return get(host, "/cluster").orElseThrow().getString("me");
    }

    private static JsonObject all(JsonObject view) {
        return view.getJsonObject("registrations");
    }

    /** Registrations that do not depend on which member's relays lead. */
    private static JsonObject lasting(JsonObject view) {
        var lasting = new JsonObject();
        view.getJsonObject("registrations").stream()
                .filter(address -> !address.getKey().startsWith("postbus.relay-call")
                        && !address.getKey().startsWith("postbus.announce.")
                        && !address.getKey().startsWith("postbus.wake."))
                .forEach(address -> lasting.put(address.getKey(), address.getValue()));
        return lasting;
    }

    private static void awaitMembers(Host host, int count) {
        Await.until(
                host + " sees " + count + " members",
                PATIENCE,
                () -> view(host)
                        .filter(view -> view.getJsonArray("members").size() == count)
                        .isPresent());
    }

    private static JsonObject settled(ShopClient shop, String orderId) {
        return Await.value(
                "order " + orderId + " settles",
                PATIENCE,
                () -> Optional.of(shop.orderNow(orderId))
                        .filter(order -> List.of("shipped", "cancelled").contains(order.getString("status", ""))));
    }

    private static ShopClient shop(Host host) {
        return new ShopClient("http://" + host.address() + ":8080");
    }

    private static Optional<JsonObject> view(Host host) {
        return get(host, "/cluster");
    }

    private static Optional<JsonObject> get(Host host, String path) {
        var request = HttpRequest.newBuilder(URI.create("http://" + host.address() + ":" + ShopNode.PROBE_PORT + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            var answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(new JsonObject(answer.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Customers who order at all hosts by turns, until they are told to end. */
    private static final class Orders {
        private static final Duration PAUSE = Duration.ofMillis(500);

        private final String sku;
        private final List<String> placed = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> done;
        private volatile boolean isEnding;

        Orders(String sku) {
            this.sku = sku;
            this.done = CompletableFuture.runAsync(this::run);
        }

        private void run() {
            int nth = 0;
            while (!isEnding) {
                var byTurns = new ArrayList<>(hosts.all());
                Collections.rotate(byTurns, nth++);
                place(byTurns);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }

        /** Orders a piece at this host. */
        String place(Host host) {
            return place(List.of(host));
        }

        /** Asks these in turn until one accepts; under its key it is one order, however often it is sent. */
        private String place(List<Host> some) {
            var body = new JsonObject("""
                    {"customerId": "c-1", "lines": [{"sku": "%s", "quantity": 1}]}
                    """.formatted(sku));
            var key = UUID.randomUUID().toString();
            var turns = new AtomicInteger();
            var orderId = Await.value("an order is accepted", PATIENCE, () -> {
                var host = some.get(turns.getAndIncrement() % some.size());
                var answer = shop(host).post("/orders", body, key);
                return Optional.of(answer)
                        .filter(accepted -> accepted.status() == 202)
                        .map(accepted -> accepted.body().getString("orderId"));
            });
            placed.add(orderId);
            return orderId;
        }

        /** Waits until so many more were accepted. */
        void awaitMore(int count) {
            int before = placed.size();
            Await.until(count + " more orders", PATIENCE, () -> placed.size() >= before + count);
        }

        /** Ends, and returns the ids of all that were accepted. */
        List<String> end() {
            isEnding = true;
            done.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            assertThat(placed).doesNotHaveDuplicates().isNotEmpty();
            return placed;
        }
    }
}
