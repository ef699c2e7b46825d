package postbus.bench;

import java.net.URI;
import java.util.Map;

/**
 * What the load is made of.
 *
 * @param shop address of the gateway
 * @param orders how many to place, 1 to 1,000,000
 * @param customers who place them, 1 to 10,000
 * @param products among which they choose, 1 to 1,000
 * @param concurrency requests under way at a time, 1 to 1,000
 * @param seed of all chance: the same seed is the same orders
 * @param patienceS seconds to wait for the last order to settle, 1 to 3,600
 * @param database to check payments in, as a PostgreSQL URL; empty to leave that check out
 */
record LoadOptions(
        URI shop, int orders, int customers, int products, int concurrency, long seed, int patienceS, String database) {

    static final String USAGE = """
            usage: bench/load [option value]...

            Places orders at a running shop, waits until each is shipped or cancelled, checks that stock and payments
            add up, and ends with a table. Exit code 0 when everything is right, 1 when not, 2 for a wrong option.

              --shop URL         address of the gateway      (default http://127.0.0.1:8080)
              --orders N         orders to place             (default 1000)
              --customers N      who place them              (default 50)
              --products N       among which they choose     (default 20)
              --concurrency N    requests under way at once  (default 16)
              --seed N           of all chance               (default 1)
              --patience N       seconds to wait at the end  (default 120)
              --database URL     postgresql://… of the shop, to check payments too (default: not checked)
            """;

    static LoadOptions parse(String[] arguments) {
        var given = new java.util.HashMap<String, String>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
                throw new IllegalArgumentException("not an option with a value: " + arguments[i]);
            }
            given.put(arguments[i].substring(2), arguments[i + 1]);
        }
        var options = new LoadOptions(
                URI.create(text(given, "shop", "http://127.0.0.1:8080")),
                number(given, "orders", 1_000, 1_000_000),
                number(given, "customers", 50, 10_000),
                number(given, "products", 20, 1_000),
                number(given, "concurrency", 16, 1_000),
                number(given, "seed", 1, Integer.MAX_VALUE),
                number(given, "patience", 120, 3_600),
                text(given, "database", ""));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown option: --" + given.keySet().iterator().next());
        }
        return options;
    }

    private static String text(Map<String, String> given, String name, String defaultValue) {
        var text = given.remove(name);
        return text == null ? defaultValue : text;
    }

    private static int number(Map<String, String> given, String name, int defaultValue, int max) {
        var text = given.remove(name);
        if (text == null) {
            return defaultValue;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new IllegalArgumentException("--" + name + " must be a whole number from 1 to " + max + ", is " + text);
    }
}
