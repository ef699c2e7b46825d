package postbus.bench.work;

import java.util.Map;

/**
 * What one system did in one round.
 *
 * @param figures by their names in {@link Measurement}; those that were taken when something went wrong
 * @param wrong what went wrong; empty when nothing did, and then every message was seen to take effect once
 */
record Outcome(
        int round,
        String system,
        String version,
        Map<String, String> settings,
        Map<String, Double> figures,
        String wrong) {
    boolean isRight() {
        return wrong.isEmpty();
    }
}
