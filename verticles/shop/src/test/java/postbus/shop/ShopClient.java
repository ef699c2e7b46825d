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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import postbus.testkit.Await;

/** A customer and a shopkeeper over HTTP. */
final class ShopClient {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String address;

    /** @param address {@code http://host:port} */
    ShopClient(String address) {
        this.address = address;
    }

    record Answer(int status, JsonObject body, HttpResponse<String> response) {}

    Answer get(String path) {
        return send("GET", path, null, "");
    }

    Answer put(String path, JsonObject body) {
        return send("PUT", path, body, "");
    }

    Answer post(String path, JsonObject body, String idempotencyKey) {
        return send("POST", path, body, idempotencyKey);
    }

    /** Sells a new product with so many pieces; returns its sku. */
    String stock(int pieces, long cents) {
        var sku = "sku-" + UUID.randomUUID();
        var price = new JsonObject().put("amount", cents).put("currency", "EUR");
        var product = new JsonObject().put("name", "Test").put("price", price);
        Await.until(
                "the product is defined",
                PATIENCE,
                () -> send("PUT", "/products/" + sku, product, "").status() == 200);
        Await.until(
                "the inventory knows the product",
                PATIENCE,
                () -> get("/stock/" + sku).status() == 200);
        var delivered = post("/stock/" + sku + "/deliveries", new JsonObject().put("quantity", pieces), sku);
        if (delivered.status() != 201) {
            throw new AssertionError("delivery: " + delivered);
        }
        return sku;
    }

    /** Orders so many pieces; ordering must have heard of the product, so an unknown sku is tried again. */
    String order(String sku, int quantity, String paymentToken) {
        var order = new JsonObject()
                .put("customerId", "c-1")
                .put(
                        "lines",
                        new JsonArray().add(new JsonObject().put("sku", sku).put("quantity", quantity)));
        if (!paymentToken.isEmpty()) {
            order.put("paymentToken", paymentToken);
        }
        return place(order);
    }

    /** The same of an order as it is sent. */
    String place(JsonObject order) {
        return Await.value("the order is accepted", PATIENCE, () -> {
            var answer = post("/orders", order, UUID.randomUUID().toString());
            return answer.status() == 202 ? Optional.of(answer.body().getString("orderId")) : Optional.empty();
        });
    }

    Answer cancel(String orderId) {
        return post("/orders/" + orderId + "/cancel", new JsonObject(), "");
    }

    JsonObject orderNow(String orderId) {
        return get("/orders/" + orderId).body();
    }

    /** Waits until the order is shipped or cancelled. */
    JsonObject settled(String orderId) {
        return Await.value(
                "order " + orderId + " settles",
                PATIENCE,
                () -> Optional.of(orderNow(orderId))
                        .filter(order -> Set.of("shipped", "cancelled").contains(order.getString("status"))));
    }

    /** Waits until the order has this status. */
    void awaitStatus(String orderId, String status) {
        Await.until(
                "order " + orderId + " is " + status,
                PATIENCE,
                () -> status.equals(orderNow(orderId).getString("status")));
    }

    /** Waits until the shelf is so: events that move goods come a little after the order's own. */
    void awaitStock(String sku, int onHand, int reserved) {
        var expected = List.of(onHand, reserved);
        Await.until("stock of " + sku + " is " + expected, PATIENCE, () -> {
            var level = get("/stock/" + sku).body();
            return List.of(level.getInteger("onHand"), level.getInteger("reserved"))
                    .equals(expected);
        });
    }

    private Answer send(String method, String path, JsonObject body, String idempotencyKey) {
        var request = HttpRequest.newBuilder(URI.create(address + path))
                .timeout(Duration.ofSeconds(20))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.encode()));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (!idempotencyKey.isEmpty()) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), new JsonObject(response.body()), response);
        } catch (IOException e) {
            return new Answer(0, new JsonObject().put("failure", e.toString()), null);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
