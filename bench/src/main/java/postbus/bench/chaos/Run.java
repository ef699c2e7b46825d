package postbus.bench.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One run, from the first process to the table. */
final class Run implements AutoCloseable {
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(5);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(2);
    /** Longer than any fault that is drawn, and the start of a node after it. */
    private static final Duration REQUEST_PATIENCE = Duration.ofMinutes(4);

    private static final int ASKED_AGAIN_MAX = 100;

    private final ChaosOptions options;
    private final Schedule schedule;
    private final RunLog log;
    private final ShopDatabase database;
    private final @Nullable Network network;
    private final Cluster cluster;
    private final Storm storm;
    private final FrontDoor shop;
    private final Customers customers;
    private final ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());
    private long begin;
    private volatile boolean isClean;
    private volatile long settled;

    Run(ChaosOptions options, Schedule schedule, Path home, RunLog log) {
        this.options = options;
        this.schedule = schedule;
        this.log = log;
        database = new ShopDatabase(options.databaseFolder());
        network = options.hosts() == 0 ? null : Network.create(options.hosts(), database.url());
        cluster = new Cluster(home, options.folder(), options, database.url(), network, log);
        storm = new Storm(cluster, database, network, log);
        shop = new FrontDoor(cluster.gateways(), REQUEST_PATIENCE);
        customers = new Customers(shop, options.seed());
    }

    /** Returns what is wrong, by promise; only what is wrong is there. */
    Map<String, List<String>> run() throws Exception {
        cluster.start();
        log.note(
                "%d nodes are ready: %s".formatted(options.instances().size(), String.join(", ", options.instances())));
        int pieces = Math.max(10, options.orders() * 4 / Customers.PRODUCTS);
        try (var connection = database.connect()) {
            Books.open(connection);
            Books.addDelivered(connection, Customers.skus(), pieces);
        }
        customers.fillShelves(pieces);
        begin = System.nanoTime();
        var unused = progress.scheduleAtFixedRate(
                this::showProgress, PROGRESS_EVERY.toMillis(), PROGRESS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var faults = threads.submit(() -> {
                storm.rage(schedule);
                return true;
            });
            customers.place(options.orders(), rate());
            faults.get();
        }
        log.note("the last fault is over, %d orders are accepted; settling"
                .formatted(customers.accepted().size()));
        var wrong = settle();
        progress.shutdownNow();
        return report(wrong);
    }

    private double rate() {
        var during = schedule.end().compareTo(options.during()) > 0 ? schedule.end() : options.during();
        return options.rate() > 0 ? options.rate() : Math.max(1.0, (double) options.orders() / during.toSeconds());
    }

    /** Checks until nothing is wrong any more, or patience ends. */
    private Map<Check, List<String>> settle() throws SQLException {
        var end = System.nanoTime() + options.patience().toNanos();
        while (!cluster.notReady().isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(CHECK_EVERY.toNanos());
        }
        try (var connection = database.connect()) {
            Books.addAccepted(connection, customers.accepted());
            return settle(connection, end);
        }
    }

    /** The same on a connection to a shop whose {@link Books} know all that was accepted. */
    static Map<Check, List<String>> settle(Connection connection, Duration patience) throws SQLException {
        return settle(connection, System.nanoTime() + patience.toNanos());
    }

    private static Map<Check, List<String>> settle(Connection connection, long end) throws SQLException {
        while (true) {
            var isOver = System.nanoTime() > end;
            // The others read all there is, which takes time from those who still work
            if (isOver || Check.CURSORS_AT_END.violations(connection).isEmpty()) {
                var wrong = violations(connection);
                if (wrong.isEmpty() || isOver) {
                    return wrong;
                }
            }
            LockSupport.parkNanos(CHECK_EVERY.toNanos());
        }
    }

    private static Map<Check, List<String>> violations(Connection connection) throws SQLException {
        var wrong = new EnumMap<Check, List<String>>(Check.class);
        for (var check : Check.values()) {
            var violations = check.violations(connection);
            if (!violations.isEmpty()) {
                wrong.put(check, violations);
            }
        }
        return wrong;
    }

    private void showProgress() {
        try (var connection = database.connect()) {
            settled = Books.settled(connection);
        } catch (SQLException away) {
            // the last count is shown again
        }
        var faults = storm.inForce();
        var starting = cluster.notReady();
        log.note("placed %d of %d, accepted %d, settled %d; faults so far %d%s%s"
                .formatted(
                        customers.placed(),
                        options.orders(),
                        customers.accepted().size(),
                        settled,
                        storm.struck().values().stream()
                                .mapToInt(Integer::intValue)
                                .sum(),
                        faults.isEmpty() ? "" : ", now: " + String.join("; ", faults),
                        starting.isEmpty() ? "" : "; not ready: " + String.join(", ", starting)));
    }

    private Map<String, List<String>> report(Map<Check, List<String>> wrongByCheck) throws SQLException, IOException {
        var seconds = (System.nanoTime() - begin) / 1_000_000_000;
        var results = new LinkedHashMap<String, List<String>>();
        for (var check : Check.values()) {
            results.put(check.promise(), wrongByCheck.getOrDefault(check, List.of()));
        }
        results.put("every order is accepted in the end", shop.givenUp());
        results.put("every refusal is one that the contract knows", shop.unexpected());
        results.put(
                "the same order under the same key is the same order",
                customers.askAgain(Math.min(options.orders(), ASKED_AGAIN_MAX)));
        results.put("every node is back", cluster.notReady());

        var table = new Table();
        table.row("fault", "times");
        table.rule(2);
        storm.struck().forEach((kind, times) -> table.row(kind, times));
        table.row("nodes started again", cluster.restarts());
        table.gap();
        table.row("orders", "");
        table.rule(2);
        try (var connection = database.connect()) {
            table.row("accepted", customers.accepted().size());
            Books.outcomes(connection).forEach((outcome, count) -> table.row(outcome, count));
            table.row("messages", Books.messages(connection));
            table.row("messages, counted for each subscription they passed", Books.passed(connection));
        }
        table.row("seconds", seconds);
        table.gap();
        table.row("requests", "times");
        table.rule(2);
        shop.outcomes().forEach((outcome, times) -> table.row(outcome, times));
        table.gap();
        Verdict.tell(results, table, log, options.folder());
        Files.write(
                options.folder().resolve("violations.txt"),
                results.values().stream().flatMap(List::stream).toList());
        isClean = results.isEmpty();
        return results;
    }

    List<String> failedFaults() {
        return storm.failed();
    }

    /** Ends every process of the run; keeps the database only if something is wrong with it. */
    @Override
    public void close() {
        progress.shutdownNow();
        cluster.close();
        if (network != null) {
            network.close();
        }
        database.close();
        if (isClean) {
            database.delete();
        }
    }
}
