package postbus.bench.chaos;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Those who order. Each order is placed under a key of its own and asked for again under it until the shop says yes; then
 * it counts as accepted. Some cannot pay, and some change their mind. The same seed is the same orders.
 */
final class Customers {
    static final int PRODUCTS = 20;

    private static final int UNDER_WAY_MAX = 128;
    private static final int CUSTOMERS = 50;
    private static final int CANNOT_PAY_PERCENT = 3;
    private static final int CHANGE_MIND_PERCENT = 2;

    private final FrontDoor shop;
    private final long seed;
    private final Map<String, String> accepted = new ConcurrentHashMap<>();
    private final AtomicInteger placed = new AtomicInteger();

    Customers(FrontDoor shop, long seed) {
        this.shop = shop;
        this.seed = seed;
    }

    static List<String> skus() {
        var skus = new ArrayList<String>();
        for (int product = 0; product < PRODUCTS; product++) {
            skus.add(sku(product));
        }
        return skus;
    }

    private static String sku(int product) {
        return "chaos-%03d".formatted(product);
    }

    /** Sells the products with so many pieces each, and waits until each service knows them. */
    void fillShelves(int pieces) {
        for (int product = 0; product < PRODUCTS; product++) {
            var price = new JsonObject().put("amount", 100 + 7L * product).put("currency", "EUR");
            var name = new JsonObject().put("name", "Chaos " + product).put("price", price);
            shop.put("/products/" + sku(product), name);
        }
        for (var sku : skus()) {
            shop.awaitFound("/stock/" + sku); // the inventory hears of a product by an event
            shop.post("/stock/" + sku + "/deliveries", new JsonObject().put("quantity", pieces), "deliver-" + sku);
            awaitOrderable(sku);
        }
    }

    /** Ordering hears of a product by an event too; a refusal is kept under its key, so a new try takes a new one. */
    private void awaitOrderable(String sku) {
        for (int tries = 1; ; tries++) {
            var key = "first-" + sku + "-" + tries;
            var line = new JsonObject().put("sku", sku).put("quantity", 1);
            var order = new JsonObject().put("customerId", "first").put("lines", new JsonArray().add(line));
            var answer = shop.ask("POST", "/orders", order, key);
            if (answer.isAccepted()) {
                accepted.put(key, answer.body().getString("orderId"));
                return;
            }
            if (tries == 300) {
                throw new IllegalStateException("cannot order " + sku + ": " + answer);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** Places so many orders, at most so many a second, and returns when the last is accepted or given up. */
    void place(int orders, double rate) throws InterruptedException {
        var underWay = new Semaphore(UNDER_WAY_MAX);
        var begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int number = 0; number < orders; number++) {
                long at = begin + (long) (number / rate * 1e9);
                for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                underWay.acquire();
                int nth = number;
                all.add(threads.submit(() -> {
                    try {
                        place(nth);
                    } finally {
                        underWay.release();
                    }
                }));
                placed.incrementAndGet();
            }
            for (var one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the tool failed", e.getCause());
        }
    }

    /** Each of so many places one order after another until it is over. */
    void placeUntil(BooleanSupplier isOver, int customers, Consumer<Duration> took) throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int customer = 0; customer < customers; customer++) {
                all.add(threads.submit(() -> {
                    while (!isOver.getAsBoolean()) {
                        long begin = System.nanoTime();
                        place(placed.getAndIncrement());
                        took.accept(Duration.ofNanos(System.nanoTime() - begin));
                    }
                }));
            }
            for (var one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the tool failed", e.getCause());
        }
    }

    private void place(int number) {
        var random = new Random(seed * 1_000_003 + number);
        var order = order(random);
        var key = "order-" + number;
        var answer = shop.ask("POST", "/orders", order, key);
        if (!answer.isAccepted()) {
            return; // the front door has noted it
        }
        var orderId = answer.body().getString("orderId");
        accepted.put(key, orderId);
        if (random.nextInt(100) < CHANGE_MIND_PERCENT) {
            shop.ask("POST", "/orders/" + orderId + "/cancel", new JsonObject(), "");
        }
    }

    private static JsonObject order(Random random) {
        var lines = new JsonArray();
        int first = random.nextInt(PRODUCTS);
        int count = 1 + random.nextInt(3);
        for (int line = 0; line < count; line++) {
            lines.add(
                    new JsonObject().put("sku", sku((first + line) % PRODUCTS)).put("quantity", 1 + random.nextInt(3)));
        }
        var order = new JsonObject()
                .put("customerId", "c-" + random.nextInt(CUSTOMERS))
                .put("lines", lines);
        return random.nextInt(100) < CANNOT_PAY_PERCENT ? order.put("paymentToken", "tok_declined") : order;
    }

    /** Asks again for some of the orders under their keys; returns those that got another answer than before. */
    List<String> askAgain(int orders) {
        var others = new ArrayList<String>();
        for (int number = 0; number < orders; number++) {
            var orderId = accepted.get("order-" + number);
            if (orderId != null) {
                var again =
                        shop.ask("POST", "/orders", order(new Random(seed * 1_000_003 + number)), "order-" + number);
                if (!again.isAccepted() || !orderId.equals(again.body().getString("orderId"))) {
                    others.add("order-" + number + " was accepted as " + orderId + ", and again with " + again);
                }
            }
        }
        return others;
    }

    /** Order ids by idempotency key. */
    Map<String, String> accepted() {
        return accepted;
    }

    int placed() {
        return placed.get();
    }
}
