package postbus.bench.cells;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures variants in turns, round by round, every second round in reverse order: what a machine does by itself meanwhile
 * meets all of them alike.
 */
final class Turns {
    /** One variant, measured once. */
    interface Work {
        Map<String, Double> measure() throws Exception;
    }

    private final Map<String, Work> variants = new LinkedHashMap<>();

    /** The first one is what the others are compared with. */
    Turns add(String variant, Work work) {
        variants.put(variant, work);
        return this;
    }

    /** Measures each once, which does not count: the JVM has compiled what matters then. */
    Turns warmUp() throws Exception {
        for (var variant : variants.entrySet()) {
            System.out.printf(
                    "warm-up, %s: %s%n",
                    variant.getKey(), Results.inOneLine(variant.getValue().measure()));
        }
        return this;
    }

    Results take(int rounds) throws Exception {
        var results = new Results(variants.keySet());
        for (int round = 1; round <= rounds; round++) {
            var order = new ArrayList<>(variants.entrySet());
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            for (var variant : order) {
                var figures = variant.getValue().measure();
                results.add(variant.getKey(), figures);
                System.out.printf(
                        "round %d of %d, %s: %s%n", round, rounds, variant.getKey(), Results.inOneLine(figures));
            }
        }
        return results;
    }
}
