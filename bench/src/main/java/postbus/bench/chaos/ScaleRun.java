package postbus.bench.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Recorder;

/** One run of {@link ScaleMain}, from the first process to the table. */
final class ScaleRun implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final Duration SHARE_WITHIN = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    private static final Duration REQUEST_PATIENCE = Duration.ofMinutes(2);
    private static final int PIECES = 1_000_000;
    private static final String APPLIED = "messaging_client_consumed_messages_total{";
    private static final String REQUESTS = "vertx_http_server_requests_total{";
    /** Of outbox nodes one leads each source; catalog applies no messages. */
    private static final Set<String> WITHOUT_SHARES = Set.of("outbox", "catalog");

    private final ScaleOptions options;
    private final RunLog log;
    private final ShopDatabase database;
    private final Cluster cluster;
    private final FrontDoor shop;
    private final Customers customers;
    private final Recorder tookMillis = new Recorder(REQUEST_PATIENCE.toMillis() * 2, 3);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Table table = new Table();
    private Map<String, Integer> outcomesBefore = Map.of();
    private volatile boolean isOver;
    private boolean isWarm;
    /** Orders a second of the first step that counts. */
    private double first;

    ScaleRun(ScaleOptions options, Path home, RunLog log) {
        this.options = options;
        this.log = log;
        var cluster = options.cluster();
        database = new ShopDatabase(cluster.databaseFolder());
        this.cluster = new Cluster(home, options.folder(), cluster, database.url(), null, log);
        shop = new FrontDoor(
                this.cluster.gateways().subList(0, options.service().equals("gateway") ? options.most() : 2),
                REQUEST_PATIENCE);
        customers = new Customers(shop, options.seed());
    }

    /** Returns what is wrong, by promise; only what is wrong is there. */
    Map<String, List<String>> run() throws Exception {
        int begin = options.steps().get(0);
        cluster.start(instance -> !isOfService(instance) || number(instance) <= begin);
        try (var connection = database.connect()) {
            Books.open(connection);
            Books.addDelivered(connection, Customers.skus(), PIECES);
        }
        customers.fillShelves(PIECES);
        outcomesBefore = shop.outcomes();
        table.row(
                "instances",
                "orders/s",
                "to the first",
                "settled/s",
                "accepted p50 ms",
                "p99 ms",
                "longest ms",
                "what happened");
        table.rule(8);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var ordering = threads.submit(() -> {
                customers.placeUntil(
                        () -> isOver, options.customers(), took -> tookMillis.recordValue(took.toMillis()));
                return true;
            });
            try {
                step(begin, ""); // warms up
                grow();
                shrink();
            } finally {
                isOver = true;
            }
            ordering.get();
        }
        return report(settle());
    }

    private void grow() throws Exception {
        int running = options.steps().get(0);
        step(running, "");
        for (int wanted : options.steps().subList(1, options.steps().size())) {
            var what = new StringBuilder();
            for (; running < wanted; running++) {
                what.append(what.isEmpty() ? "" : "; ").append(add(instance(running + 1)));
            }
            step(wanted, what.toString());
        }
    }

    /** Starts one, and waits until it has its share. */
    private String add(String instance) throws Exception {
        long begin = System.nanoTime();
        var node = cluster.node(instance);
        node.start();
        awaitReady(node);
        double ready = secondsSince(begin);
        if (WITHOUT_SHARES.contains(options.service())) {
            var said = "%s ready after %.1f s".formatted(instance, ready);
            log.note(said);
            return said;
        }
        long end = System.nanoTime() + SHARE_WITHIN.toNanos();
        while (work(node) == 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        var said = "%s ready after %.1f s, first work %.1f s later"
                .formatted(instance, ready, secondsSince(begin) - ready);
        log.note(said);
        return said;
    }

    private static void awaitReady(Supervised node) throws InterruptedException {
        if (!node.awaitReady(READY_WITHIN)) {
            throw new IllegalStateException(node.instance() + " does not become ready, see its log");
        }
    }

    private void shrink() throws Exception {
        int running = options.most();
        if (running > 1) {
            var last = cluster.node(instance(running));
            last.kill();
            step(running, last.instance() + " killed, and started again 2 s later");
            awaitReady(last);
        }
        for (; running > 1; running--) {
            cluster.node(instance(running)).retire();
        }
        step(1, "all but one ended, one after another");
        step(1, "");
    }

    /**
     * Lets customers order for a while, and adds a row: rates of that time, waits of customers also of what led to it, such
     * as the start of an instance.
     */
    private void step(int instances, String what) throws SQLException {
        var ofService = options.service();
        long settledBefore = settled();
        int acceptedBefore = customers.accepted().size();
        var workBefore = work();
        long begin = System.nanoTime();
        LockSupport.parkNanos(options.each().toNanos());
        double seconds = secondsSince(begin);
        double rate = (customers.accepted().size() - acceptedBefore) / seconds;
        double settled = (settled() - settledBefore) / seconds;
        var took = tookMillis.getIntervalHistogram();
        if (isWarm && first == 0) {
            first = rate;
        }
        isWarm = true;
        var shares = shares(workBefore, work());
        table.row(
                instances + " " + ofService,
                "%.1f".formatted(rate),
                first == 0 ? "warms up" : "%.2f".formatted(rate / first),
                "%.1f".formatted(settled),
                took.getValueAtPercentile(50),
                took.getValueAtPercentile(99),
                took.getMaxValue(),
                what + (WITHOUT_SHARES.contains(ofService) ? "" : (what.isEmpty() ? "" : "; ") + "shares " + shares));
        log.note("%d of %s: %.1f orders/s, longest %d ms%s"
                .formatted(instances, ofService, rate, took.getMaxValue(), what.isEmpty() ? "" : " (" + what + ")"));
    }

    private long settled() throws SQLException {
        try (var connection = database.connect()) {
            return Books.settled(connection);
        }
    }

    /** Of the work done meanwhile by those that were there all the time, in percent. */
    private static String shares(Map<String, Double> before, Map<String, Double> after) {
        var done = new LinkedHashMap<String, Double>();
        after.forEach((instance, work) -> done.put(instance, Math.max(0, work - before.getOrDefault(instance, 0.0))));
        double all = done.values().stream().mapToDouble(work -> work).sum();
        return String.join(
                "/",
                done.values().stream()
                        .map(work -> String.format(Locale.ROOT, "%.0f", all == 0 ? 0 : 100 * work / all))
                        .toList());
    }

    private Map<String, Double> work() {
        var work = new LinkedHashMap<String, Double>();
        IntStream.rangeClosed(1, options.most())
                .mapToObj(nth -> cluster.node(instance(nth)))
                .filter(Supervised::isReady)
                .forEach(node -> work.put(node.instance(), work(node)));
        return work;
    }

    /** Messages that a node applied, or requests that a gateway answered, by its metrics; 0 where it does not tell. */
    private double work(Supervised node) {
        var request = HttpRequest.newBuilder(URI.create(node.address() + "/metrics"))
                .timeout(Duration.ofSeconds(5))
                .build();
        var counted = options.service().equals("gateway") ? REQUESTS : APPLIED;
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(counted))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException away) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Map<Check, List<String>> settle() throws SQLException {
        log.note("%d orders are accepted; settling"
                .formatted(customers.accepted().size()));
        long begin = System.nanoTime();
        try (var connection = database.connect()) {
            Books.addAccepted(connection, customers.accepted());
            var wrong = Run.settle(connection, options.cluster().patience());
            log.note("settled %.1f s after the last order".formatted(secondsSince(begin)));
            return wrong;
        }
    }

    private Map<String, List<String>> report(Map<Check, List<String>> wrongByCheck) throws IOException {
        var results = new LinkedHashMap<String, List<String>>();
        for (var check : Check.values()) {
            results.put(check.promise(), wrongByCheck.getOrDefault(check, List.of()));
        }
        results.put("every order is accepted in the end", shop.givenUp());
        results.put("no request failed", failed());
        table.gap();
        table.row("requests", "times");
        table.rule(2);
        shop.outcomes().forEach((outcome, times) -> table.row(outcome, times));
        table.gap();
        Verdict.tell(results, table, log, options.folder());
        return results;
    }

    /**
     * Answers that were neither what was wished for nor that it is too late to cancel. Whoever is refused a connection goes
     * to the next gateway, as clients of several do; and with a gateway that is killed connections break.
     */
    private List<String> failed() {
        var failed = new ArrayList<String>();
        shop.outcomes().forEach((outcome, times) -> {
            int since = times - outcomesBefore.getOrDefault(outcome, 0);
            boolean isConnection = outcome.endsWith("ConnectException")
                    || (options.service().equals("gateway") && outcome.endsWith("Exception"));
            if (since > 0 && !outcome.matches(".* (2\\d\\d|409)") && !isConnection) {
                failed.add(outcome + ": " + since + " times");
            }
        });
        return failed;
    }

    private boolean isOfService(String instance) {
        return instance.substring(0, instance.lastIndexOf('-')).equals(options.service());
    }

    private static int number(String instance) {
        return Integer.parseInt(instance.substring(instance.lastIndexOf('-') + 1));
    }

    private String instance(int number) {
        return options.service() + "-" + number;
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Ends every process of the run, and deletes its database. */
    @Override
    public void close() {
        isOver = true;
        cluster.close();
        database.close();
        database.delete();
    }
}
