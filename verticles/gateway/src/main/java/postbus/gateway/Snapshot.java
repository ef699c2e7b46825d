package postbus.gateway;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How everything is at one moment: sources, subscriptions and nodes, as the contract has them.
 *
 * @param sources by name
 * @param subscriptions by name and source
 * @param nodes by id
 */
record Snapshot(Instant at, List<Source> sources, List<Subscription> subscriptions, List<Node> nodes) {
    /**
     * @param position the last one given, as last heard
     * @param relayNode where its relay leads; null where nobody does
     */
    record Source(String source, long position, @Nullable String relayNode, int standbys, double appendedPerSecond) {}

    /**
     * One subscription in one source.
     *
     * @param lag messages that wait for it
     * @param lagSeconds how long the first of them has been waiting
     * @param applied since the nodes that run now were started
     * @param handledMillis from commit to handled, of the last seconds; null when nothing was handled
     */
    record Subscription(
            String subscription,
            String source,
            String state,
            long lag,
            double lagSeconds,
            long applied,
            double appliedPerSecond,
            double retriedPerSecond,
            @Nullable Percentiles handledMillis,
            long parked,
            long dead,
            double silentSeconds,
            List<Lane> lanes) {}

    record Percentiles(double p50, double p99) {}

    record Lane(int lane, long cursor, long head) {}

    record Node(
            String id,
            List<String> services,
            String version,
            Instant startedAt,
            String host,
            long pid,
            @Nullable String http,
            boolean ready,
            List<String> problems,
            List<Relay> relays,
            long heapUsedBytes,
            double cpu) {}

    record Relay(String source, String state) {}
}
