package postbus.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** One run: fills the shelves, places the orders, waits for each to settle, checks the sums. */
public final class Load {
    private static final Set<String> SETTLED = Set.of("shipped", "cancelled");
    private static final long MINUTE_IN_MICROS = 60_000_000;

    private final LoadOptions options;
    private final Shop shop;
    private final String run = "load-" + Long.toString(System.currentTimeMillis(), 36);
    private final Map<String, JsonObject> settled = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Histogram acceptMicros = new Histogram(10 * MINUTE_IN_MICROS, 3);
    private final List<String> violations = new ArrayList<>();
    private double placingSeconds;
    private double settlingSeconds;

    public Load(LoadOptions options) {
        this.options = options;
        this.shop = new Shop(options.shop());
    }

    /** Returns what is wrong; nothing when all is right. */
    public List<String> run() {
        System.out.printf(
                "%d orders of %d customers over %d products at %s, seed %d%n",
                options.orders(), options.customers(), options.products(), options.shop(), options.seed());
        var delivered = fillShelves();
        place();
        awaitSettled();
        checkStock(delivered);
        if (!options.database().isEmpty()) {
            checkPayments();
        }
        report();
        return violations;
    }

    /** What {@link #run} measured: orders accepted a second, and in milliseconds how long that and shipping took. */
    public Map<String, Double> figures() {
        var shipped = settleMillis("shipped");
        var figures = new LinkedHashMap<String, Double>();
        figures.put("orders accepted/s", accepted.size() / placingSeconds);
        figures.put("accepted, p50 ms", acceptMicros.getValueAtPercentile(50) / 1e3);
        figures.put("accepted, p99 ms", acceptMicros.getValueAtPercentile(99) / 1e3);
        figures.put("placed to shipped, p50 ms", (double) shipped.getValueAtPercentile(50));
        figures.put("placed to shipped, p99 ms", (double) shipped.getValueAtPercentile(99));
        return figures;
    }

    private String sku(int product) {
        return "%s-%03d".formatted(run, product);
    }

    /** So much of each product that most orders can be filled, and some cannot. Returns the pieces of each sku. */
    private Map<String, Integer> fillShelves() {
        int pieces = Math.max(1, options.orders() * 3 / options.products());
        var delivered = new HashMap<String, Integer>();
        for (int product = 0; product < options.products(); product++) {
            var sku = sku(product);
            var price = new JsonObject().put("amount", 100 + 7L * product).put("currency", "EUR");
            shop.put(
                    "/products/" + sku,
                    new JsonObject().put("name", "Load " + product).put("price", price));
            delivered.put(sku, pieces);
        }
        eachAtOnce(new ArrayList<>(delivered.keySet()), sku -> {
            awaitShelf(sku);
            shop.post("/stock/" + sku + "/deliveries", new JsonObject().put("quantity", pieces), run + sku, 201);
        });
        return delivered;
    }

    /** The inventory hears of a new product by an event. */
    private void awaitShelf(String sku) {
        for (int tries = 0; ; tries++) {
            try {
                shop.get("/stock/" + sku);
                return;
            } catch (IllegalStateException notYet) {
                if (tries == 200) {
                    throw notYet;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private JsonObject order(int number) {
        var random = new Random(options.seed() * 1_000_003 + number);
        var lines = new JsonArray();
        int first = random.nextInt(options.products());
        for (int line = 0; line <= random.nextInt(3); line++) {
            lines.add(new JsonObject()
                    .put("sku", sku((first + line) % options.products()))
                    .put("quantity", 1 + random.nextInt(3)));
        }
        var order = new JsonObject()
                .put("customerId", run + "-c" + random.nextInt(options.customers()))
                .put("lines", lines);
        return random.nextInt(100) < 3 ? order.put("paymentToken", "tok_declined") : order;
    }

    private void place() {
        var numbers = new ArrayList<Integer>();
        for (int number = 0; number < options.orders(); number++) {
            numbers.add(number);
        }
        var begin = System.nanoTime();
        var progress = new Progress("placed", options.orders());
        eachAtOnce(numbers, number -> {
            awaitTurn(begin, number);
            var start = System.nanoTime();
            var answer = shop.post("/orders", order(number), run + "-" + number, 202);
            var micros = Math.min((System.nanoTime() - start) / 1_000, 10 * MINUTE_IN_MICROS);
            synchronized (acceptMicros) {
                acceptMicros.recordValue(micros);
            }
            accepted.add(answer.getString("orderId"));
            progress.step();
        });
        progress.end();
        placingSeconds = (System.nanoTime() - begin) / 1e9;
    }

    private void awaitTurn(long beginNanos, int number) {
        if (options.rate() > 0) {
            long dueAt = beginNanos + number * TimeUnit.SECONDS.toNanos(1) / options.rate();
            for (long now = System.nanoTime(); now < dueAt; now = System.nanoTime()) {
                LockSupport.parkNanos(dueAt - now);
            }
        }
    }

    private void awaitSettled() {
        var begin = System.nanoTime();
        var end = begin + TimeUnit.SECONDS.toNanos(options.patienceS());
        var progress = new Progress("settled", options.orders());
        var open = new ArrayList<>(accepted);
        while (!open.isEmpty() && System.nanoTime() < end) {
            eachAtOnce(open, orderId -> {
                var order = shop.get("/orders/" + orderId);
                if (SETTLED.contains(order.getString("status"))) {
                    settled.put(orderId, order);
                    progress.step();
                }
            });
            open.removeAll(settled.keySet());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        progress.end();
        settlingSeconds = (System.nanoTime() - begin) / 1e9;
        if (accepted.size() != Set.copyOf(accepted).size()) {
            violations.add("an order id was given to two orders");
        }
        for (var orderId : open) {
            violations.add("order " + orderId + " is still "
                    + shop.get("/orders/" + orderId).getString("status"));
        }
        settled.forEach((orderId, order) -> {
            if (order.getString("status").equals("cancelled") && order.getString("reason") == null) {
                violations.add("order " + orderId + " is cancelled without a reason");
            }
        });
    }

    /** What was delivered is on the shelf or in a shipped order, and nothing is still promised. */
    private void checkStock(Map<String, Integer> delivered) {
        var shipped = new HashMap<String, Integer>();
        settled.values().stream()
                .filter(order -> order.getString("status").equals("shipped"))
                .flatMap(order -> order.getJsonArray("lines").stream())
                .map(JsonObject.class::cast)
                .forEach(line -> shipped.merge(line.getString("sku"), line.getInteger("quantity"), Integer::sum));
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        delivered.forEach((sku, pieces) -> {
            int expected = pieces - shipped.getOrDefault(sku, 0);
            var level = shop.get("/stock/" + sku);
            // The inventory hears of shipping by an event
            while ((level.getInteger("onHand") != expected || level.getInteger("reserved") != 0)
                    && System.nanoTime() < end) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                level = shop.get("/stock/" + sku);
            }
            if (level.getInteger("onHand") != expected || level.getInteger("reserved") != 0) {
                violations.add("stock of " + sku + " is " + level.encode() + ", expected onHand " + expected
                        + " and nothing reserved");
            }
        });
    }

    /** What was taken and not given back is the sum of the shipped orders, and each was charged once. */
    private void checkPayments() {
        long shipped = settled.values().stream()
                .filter(order -> order.getString("status").equals("shipped"))
                .mapToLong(order -> order.getJsonObject("total").getLong("amount"))
                .sum();
        var ids = accepted.toArray(String[]::new);
        try (var connection = DriverManager.getConnection(jdbcUrl(options.database()));
                var statement = connection.prepareStatement(PaymentSums.QUERY)) {
            statement.setArray(1, connection.createArrayOf("text", ids));
            var keys = accepted.stream().map(PaymentSums::providerKey).toArray(String[]::new);
            statement.setArray(2, connection.createArrayOf("text", keys));
            try (var row = statement.executeQuery()) {
                row.next();
                if (row.getLong("held") != shipped || row.getLong("held_by_provider") != shipped) {
                    violations.add("payments hold " + row.getLong("held") + ", the provider "
                            + row.getLong("held_by_provider") + ", shipped orders cost " + shipped);
                }
            }
        } catch (SQLException e) {
            violations.add("payments cannot be checked: " + e.getMessage());
        }
    }

    /** JDBC wants the user as a parameter and not in front of the host. */
    private static String jdbcUrl(String url) {
        var uri = URI.create(url);
        var user = uri.getRawUserInfo() == null
                ? new String[0]
                : uri.getRawUserInfo().split(":", 2);
        return "jdbc:postgresql://" + uri.getHost() + ":" + (uri.getPort() < 0 ? 5432 : uri.getPort()) + uri.getPath()
                + (user.length > 0 ? "?user=" + user[0] : "")
                + (user.length > 1 ? "&password=" + user[1] : "");
    }

    private void report() {
        var outcomes = new TreeMap<String, Integer>();
        var settleMillis = settleMillis("");
        settled.values().forEach(order -> {
            var reason = order.getString("reason");
            outcomes.merge(
                    reason == null ? order.getString("status") : order.getString("status") + ", " + reason,
                    1,
                    Integer::sum);
        });
        System.out.println();
        System.out.println("| outcome | orders |");
        System.out.println("|---|---|");
        outcomes.forEach((outcome, count) -> System.out.printf("| %s | %d |%n", outcome, count));
        System.out.printf("| not settled | %d |%n%n", accepted.size() - settled.size());
        System.out.println("| | rate | p50 | p99 | max |");
        System.out.println("|---|---|---|---|---|");
        System.out.printf(
                "| accepted (HTTP 202) | %.0f/s | %.1f ms | %.1f ms | %.1f ms |%n",
                accepted.size() / placingSeconds,
                acceptMicros.getValueAtPercentile(50) / 1e3,
                acceptMicros.getValueAtPercentile(99) / 1e3,
                acceptMicros.getMaxValue() / 1e3);
        System.out.printf(
                "| placed to settled | %.0f/s | %d ms | %d ms | %d ms |%n",
                settled.size() / (placingSeconds + settlingSeconds),
                settleMillis.getValueAtPercentile(50),
                settleMillis.getValueAtPercentile(99),
                settleMillis.getMaxValue());
        System.out.printf(
                "%nstock adds up: %s; payments add up: %s%n",
                violations.stream().noneMatch(violation -> violation.startsWith("stock")) ? "yes" : "NO",
                options.database().isEmpty()
                        ? "not checked (--database)"
                        : violations.stream().noneMatch(violation -> violation.startsWith("payments")) ? "yes" : "NO");
    }

    /** From being placed to its last change, of the orders of a status; of all of them when it is empty. */
    private Histogram settleMillis(String status) {
        var millis = new Histogram(3_600_000, 3);
        settled.values().stream()
                .filter(order -> status.isEmpty() || order.getString("status").equals(status))
                .map(order -> order.getJsonArray("history"))
                .forEach(history -> {
                    var first = Instant.parse(history.getJsonObject(0).getString("at"));
                    var last = Instant.parse(
                            history.getJsonObject(history.size() - 1).getString("at"));
                    millis.recordValue(Math.max(0, Duration.between(first, last).toMillis()));
                });
        return millis;
    }

    private <T> void eachAtOnce(List<T> items, Consumer<T> work) {
        var next = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var workers = new ArrayList<java.util.concurrent.Future<?>>();
            for (int worker = 0; worker < Math.min(options.concurrency(), items.size()); worker++) {
                workers.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                        work.accept(items.get(i));
                    }
                }));
            }
            for (var worker : workers) {
                worker.get();
            }
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
