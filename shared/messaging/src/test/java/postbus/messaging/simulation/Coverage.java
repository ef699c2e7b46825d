package postbus.messaging.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often what happened, over any number of runs: a fault that never happens is one nobody was protected from. */
final class Coverage {
    private final Map<String, Long> counts = new TreeMap<>();

    void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** By name. */
    Map<String, Long> counts() {
        return counts;
    }
}
