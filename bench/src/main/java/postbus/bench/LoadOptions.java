package postbus.bench;

import java.net.URI;

/**
 * What the load is made of.
 *
 * @param shop address of the gateway
 * @param orders how many to place, 1 to 1,000,000
 * @param customers who place them, 1 to 10,000
 * @param products among which they choose, 1 to 1,000
 * @param concurrency requests under way at a time, 1 to 1,000
 * @param rate orders a second at most, 1 to 10,000; 0 for as many as are answered
 * @param seed of all chance: the same seed is the same orders
 * @param patienceS seconds to wait for the last order to settle, 1 to 3,600
 * @param database to check payments in, as a PostgreSQL URL; empty to leave that check out
 */
public record LoadOptions(
        URI shop,
        int orders,
        int customers,
        int products,
        int concurrency,
        int rate,
        long seed,
        int patienceS,
        String database) {

    static final String USAGE = """
            usage: bench/load [option value]...

            Places orders at a running shop, waits until each is shipped or cancelled, checks that stock and payments
            add up, and ends with a table. Exit code 0 when everything is right, 1 when not, 2 for a wrong option.

              --shop URL         address of the gateway      (default http://127.0.0.1:8080)
              --orders N         orders to place             (default 1000)
              --customers N      who place them              (default 50)
              --products N       among which they choose     (default 20)
              --concurrency N    requests under way at once  (default 16)
              --rate N           orders a second at most     (default: as many as are answered)
              --seed N           of all chance               (default 1)
              --patience N       seconds to wait at the end  (default 120)
              --database URL     postgresql://… of the shop, to check payments too (default: not checked)
            """;

    static LoadOptions parse(String[] arguments) {
        var given = new Arguments(arguments);
        var options = new LoadOptions(
                URI.create(given.text("shop", "http://127.0.0.1:8080")),
                given.number("orders", 1_000, 1_000_000),
                given.number("customers", 50, 10_000),
                given.number("products", 20, 1_000),
                given.number("concurrency", 16, 1_000),
                (int) given.number("rate", 0, 1, 10_000),
                given.number("seed", 1, Integer.MAX_VALUE),
                given.number("patience", 120, 3_600),
                given.text("database", ""));
        given.requireNoMore();
        return options;
    }
}
