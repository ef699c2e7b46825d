package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import postbus.shop.fuzz.HttpFuzz;
import postbus.testkit.Await;

/**
 * Requests made from the contract, odd in every way, to a whole shop. {@code -Dpostbus.fuzz.seed=S} sends those of
 * another seed, {@code -Dpostbus.fuzz.only=N} one of them alone, {@code -Dpostbus.fuzz.requests=N} more or fewer.
 */
@Timeout(400)
class HttpFuzzTest {
    private static final long SEED = Long.getLong("postbus.fuzz.seed", System.nanoTime() & 0xffff_ffffL);
    private static final int REQUESTS = Integer.getInteger("postbus.fuzz.requests", 10_000);
    private static final int ONLY = Integer.getInteger("postbus.fuzz.only", -1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long HEAP_GROWTH_BYTES_MAX = 96L << 20;

    private static final class Errors extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                lines.add(event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : " " + event.getThrowableProxy().getClassName() + ": "
                                        + event.getThrowableProxy().getMessage()));
            }
        }
    }

    @Test
    void whatever_is_sent_is_answered_as_the_contract_says_and_the_shop_goes_on() throws Exception {
        var errors = new Errors();
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        errors.start();
        root.addAppender(errors);
        try (var shop = new LocalShop(Map.of("REQUEST_TIMEOUT", "PT30S"))) {
            var client = shop.client();
            var orders = prepared(client);
            var fuzz = new HttpFuzz(
                    URI.create(shop.address()).getPort(), contract(shop), SEED, orders, Path.of("target/fuzz"));
            var heapBefore = heapInUse();
            System.out.println("fuzzing with seed " + SEED);
            var begin = System.nanoTime();
            var failures = ONLY < 0 ? fuzz.send(0, REQUESTS) : fuzz.send(ONLY, ONLY + 1);
            System.out.printf(
                    "fuzzed for %.1f s: %s%n  accepted: %s%n",
                    (System.nanoTime() - begin) / 1e9, fuzz.statuses(), fuzz.accepted());

            assertThat(failures).as("seed " + SEED).isEmpty();
            goesOn(shop);
            assertThat(errors.lines).as("ERROR lines, seed " + SEED).isEmpty();
            Await.until(
                    "memory is back, seed " + SEED, PATIENCE, () -> heapInUse() - heapBefore < HEAP_GROWTH_BYTES_MAX);
            if (ONLY < 0) {
                assertThat(fuzz.statuses().keySet()).contains(200, 202, 400, 404, 405, 413, 414, 415, 422, 431);
            }
        } finally {
            root.detachAppender(errors);
        }
    }

    /** What the contract's examples speak of, and some orders. */
    private static List<String> prepared(ShopClient client) {
        for (var sku : List.of("espresso", "grinder")) {
            var price = new JsonObject().put("amount", 100).put("currency", "EUR");
            client.put("/products/" + sku, new JsonObject().put("name", sku).put("price", price));
            Await.until(
                    "the inventory knows " + sku,
                    PATIENCE,
                    () -> client.get("/stock/" + sku).status() == 200);
            assertThat(client.post("/stock/" + sku + "/deliveries", new JsonObject().put("quantity", 1000), sku)
                            .status())
                    .isEqualTo(201);
        }
        return Stream.generate(() -> client.order("espresso", 1, "")).limit(3).toList();
    }

    private static String contract(LocalShop shop) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(shop.address() + "/openapi.yaml"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static void goesOn(LocalShop shop) {
        var client = shop.client();
        assertThat(client.get("/health/ready").status()).isEqualTo(200);
        // Some requests were good ones
        resumeAll(client);
        var sku = client.stock(5, 100);
        assertThat(client.settled(client.order(sku, 1, "")).getString("status")).isEqualTo("shipped");
        Await.until(
                "nothing is parked",
                PATIENCE,
                () -> client.get("/ops/dead-letters?state=any")
                        .body()
                        .getJsonArray("deadLetters")
                        .isEmpty());
    }

    private static void resumeAll(ShopClient client) {
        var decision = new JsonObject().put("by", "fuzz").put("why", "some requests were good ones");
        for (var source : List.of("ordering", "payment", "shipping", "inventory", "catalog")) {
            client.post("/ops/subscriptions/notifications/" + source + "/resume", decision, "");
        }
    }

    private static long heapInUse() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
