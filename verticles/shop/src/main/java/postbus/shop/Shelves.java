package postbus.shop;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Something to buy for a first visit, put there through the gateway as anybody would. */
final class Shelves {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PIECES = 1_000;

    private record Offer(String sku, String name, long cents) {}

    private static final List<Offer> OFFERS = List.of(
            new Offer("espresso", "Espresso beans, 1 kg", 1890),
            new Offer("filter", "Filter coffee, 500 g", 990),
            new Offer("mug", "Stoneware mug", 1250),
            new Offer("grinder", "Hand grinder", 8900));

    private final HttpClient http = HttpClient.newHttpClient();
    private final String shop;

    private Shelves(String shop) {
        this.shop = shop;
    }

    /** Defines and delivers a few products if there are none yet; returns the skus there are (at most 10 of them). */
    static List<String> fill(String shop) {
        var shelves = new Shelves(shop);
        if (shelves.skus().isEmpty()) {
            OFFERS.forEach(shelves::offer);
        }
        return shelves.skus();
    }

    private List<String> skus() {
        JsonArray products = send("GET", "/products?limit=10", "", "", 200).getJsonArray("products");
        return products.stream()
                .map(product -> ((JsonObject) product).getString("sku"))
                .toList();
    }

    private void offer(Offer offer) {
        var product = new JsonObject()
                .put("name", offer.name())
                .put("price", new JsonObject().put("amount", offer.cents()).put("currency", "EUR"));
        send("PUT", "/products/" + offer.sku(), product.encode(), "", 200);
        // The inventory hears of a product by an event: until then it does not know the sku
        var delivery = new JsonObject().put("quantity", PIECES).encode();
        send("POST", "/stock/" + offer.sku() + "/deliveries", delivery, "first-delivery-" + offer.sku(), 201);
    }

    /** Sends until the status is the expected one; services that just started are not found at once. */
    private JsonObject send(String method, String path, String body, String idempotencyKey, int expected) {
        var request = HttpRequest.newBuilder(URI.create(shop + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        var end = System.nanoTime() + PATIENCE.toNanos();
        for (int tries = 1; ; tries++) {
            if (!idempotencyKey.isEmpty()) {
                // A refusal is kept under its key, so a new try needs a new one
                request.setHeader("Idempotency-Key", idempotencyKey + "-" + tries);
            }
            var answer = send(request.build());
            if (answer.statusCode() == expected) {
                return new JsonObject(answer.body());
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException("no answer from " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
