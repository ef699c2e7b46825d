package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import postbus.testkit.Await;

/**
 * Customers who order and look about, one request after another, and note each that failed. Who is refused a connection
 * goes to the next gateway, as before a gateway that restarts anybody must.
 */
final class Customers implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(150);
    private static final Duration SETTLE_MAX = Duration.ofMinutes(4);
    /** Refused by every gateway so often, with pauses: a minute. */
    private static final int REFUSALS_MAX = 600;

    private final List<String> gateways;
    private final String sku;
    private final List<String> orders = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isClosing;

    /** @param sku of which each order takes one */
    Customers(List<String> gateways, String sku, int count) {
        this.gateways = gateways;
        this.sku = sku;
        for (int n = 0; n < count; n++) {
            var customer = new Customer(n);
            threads.add(Thread.ofPlatform().name("customer-" + n).start(customer::shop));
        }
    }

    /** Orders that were accepted. */
    List<String> orders() {
        return orders;
    }

    /** Waits until one more is accepted, so that some were while what is tested happened. */
    void awaitAnotherOrder() {
        int before = orders.size();
        Await.until("another order is accepted", ANSWER_MAX, () -> orders.size() > before || !failures.isEmpty());
    }

    /** Waits until all that were accepted are shipped: a node that was given up is a while away after it goes on. */
    void requireAllShipped(ShopClient shop) {
        for (var order : orders) {
            Await.until(
                    "order " + order + " is shipped",
                    SETTLE_MAX,
                    () -> "shipped".equals(shop.orderNow(order).getString("status")));
        }
    }

    /** Ends them, and fails if one of their requests did; returns how many there were. */
    int requireNoFailure() {
        close();
        assertThat(failures).as("failures of %s requests", answers.get()).isEmpty();
        return answers.get();
    }

    @Override
    public void close() {
        isClosing = true;
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private final class Customer {
        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private int gateway;

        Customer(int gateway) {
            this.gateway = gateway;
        }

        void shop() {
            while (!isClosing) {
                var order = send("POST", "/orders", order(), 202);
                var id = order.getString("orderId");
                if (id != null) {
                    orders.add(id);
                    send("GET", "/orders/" + id, null, 200);
                }
                send("GET", "/stock/" + sku, null, 200);
                send("GET", "/products?limit=1", null, 200);
                send("GET", "/orders?limit=1", null, 200);
            }
        }

        private JsonObject order() {
            var line = new JsonObject().put("sku", sku).put("quantity", 1);
            return new JsonObject().put("customerId", "c-1").put("lines", new JsonArray().add(line));
        }

        private JsonObject send(String method, String path, JsonObject body, int expected) {
            LockSupport.parkNanos(PAUSE.toNanos());
            var what = method + " " + path;
            var key = UUID.randomUUID().toString();
            for (int refusals = 0; refusals < REFUSALS_MAX; refusals++) {
                var address = gateways.get(gateway % gateways.size());
                try {
                    var answer =
                            http.send(request(address, method, path, body, key), HttpResponse.BodyHandlers.ofString());
                    answers.incrementAndGet();
                    if (answer.statusCode() != expected) {
                        failures.add(what + ": " + answer.statusCode() + " " + answer.body());
                        return new JsonObject();
                    }
                    return new JsonObject(answer.body());
                } catch (ConnectException refused) {
                    gateway++;
                    if (gateway % gateways.size() == 0) {
                        LockSupport.parkNanos(PAUSE.toNanos());
                    }
                } catch (IOException e) {
                    failures.add(what + " at " + address + ": " + e);
                    return new JsonObject();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            failures.add(what + ": no gateway takes connections");
            return new JsonObject();
        }

        private HttpRequest request(String address, String method, String path, JsonObject body, String key) {
            var request = HttpRequest.newBuilder(URI.create(address + path))
                    .timeout(ANSWER_MAX)
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(body.encode()));
            if (body != null) {
                request.header("Content-Type", "application/json").header("Idempotency-Key", key);
            }
            return request.build();
        }
    }
}
