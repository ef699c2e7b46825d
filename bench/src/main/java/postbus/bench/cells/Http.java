package postbus.bench.cells;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import postbus.bench.Arguments;
import postbus.bench.Load;
import postbus.bench.LoadOptions;
import postbus.bench.work.Server;

/**
 * Orders at the gateway of a shop in one JVM: as many as it answers, and how soon they ship at half of that.
 *
 * @param rounds in which both take turns, 1 to 100; before them as many orders twice, to warm up and to know the rate
 * @param orders of each, 10 to 1,000,000
 * @param concurrency requests under way at a time, 1 to 1,000
 * @param home folder of {@code run}
 */
record Http(int rounds, int orders, int concurrency, Path home) implements Cell {
    static final String USAGE = """
            http: orders accepted a second at the gateway of ./run, each checked as bench/load does, and how soon orders ship
            at half of that rate. Picking takes no time here.
              --rounds N       in which both take turns, after two more      (default 3)
              --orders N       of each                                       (default 1500)
              --concurrency N  requests under way at a time                  (default 16)
            """;

    private static final int CUSTOMERS = 50;
    private static final int PRODUCTS = 20;
    private static final int PATIENCE_S = 120;

    static Http parse(Arguments given) {
        return new Http(
                given.number("rounds", 3, 100),
                given.number("orders", 1_500, 1_000_000),
                given.number("concurrency", 16, 1_000),
                Path.of(""));
    }

    @Override
    public Results measure() throws Exception {
        try (var folder = new TemporaryFolder();
                var server = new Server()) {
            var url = Server.databaseUrl(server.create("shop"));
            try (var shop =
                    RunningShop.open(home, folder.path(), Map.of("DATABASE_URL", url, "DISPATCH_AFTER", "PT0S"))) {
                return measure(shop.address(), url);
            }
        }
    }

    /** At a shop that runs. */
    Results measure(URI shop, String databaseUrl) throws Exception {
        place(shop, databaseUrl, 0); // the JVM has compiled what matters then
        double most = place(shop, databaseUrl, 0).getOrDefault("orders accepted/s", 0.0);
        var half = Math.max(1, (int) (most / 2));
        return new Turns()
                .add("as many as are answered", () -> place(shop, databaseUrl, 0))
                .add("at " + half + "/s", () -> place(shop, databaseUrl, half))
                .take(rounds);
    }

    private Map<String, Double> place(URI shop, String databaseUrl, int rate) {
        var load = new Load(
                new LoadOptions(shop, orders, CUSTOMERS, PRODUCTS, concurrency, rate, 1, PATIENCE_S, databaseUrl));
        var wrong = load.run();
        if (!wrong.isEmpty()) {
            throw new IllegalStateException(wrong.get(0));
        }
        return load.figures();
    }
}
