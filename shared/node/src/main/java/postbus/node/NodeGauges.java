package postbus.node;

import java.util.List;
import java.util.Map;
import postbus.node.NodeContext.Reading;

/** Gauges of how a node itself is. */
final class NodeGauges {
    private final ThreadLag lag;
    private final Reporter reporter;

    private final Map<String, Integer> poolSizes;

    /** @param poolSizes of the node's pools by their names; more may come */
    NodeGauges(ThreadLag lag, Reporter reporter, Map<String, Integer> poolSizes) {
        this.lag = lag;
        this.reporter = reporter;
        this.poolSizes = poolSizes;
    }

    void addTo(Gauges gauges) {
        gauges.add(
                "postbus.node.ready",
                "",
                "1 where a check passes that a node needs to take work, 0 where it fails",
                List.of("check"),
                () -> reporter.latest().failures().entrySet().stream()
                        .map(each -> new Reading(List.of(each.getKey()), each.getValue() == null ? 1 : 0))
                        .toList());
        gauges.add(
                "postbus.pool.max",
                "",
                "Connections that a pool may have; vertx_pool_in_use and vertx_pool_queue_pending tell the rest",
                List.of("pool_name"),
                () -> poolSizes.entrySet().stream()
                        .map(each -> new Reading(List.of(each.getKey()), each.getValue()))
                        .toList());
        gauges.add(
                "postbus.thread.lag",
                "seconds",
                "How long threads took to come round to a task of no effort, the longest of " + ThreadLag.WINDOW,
                List.of("threads"),
                () -> lag.seconds().entrySet().stream()
                        .map(each -> new Reading(List.of(each.getKey()), each.getValue()))
                        .toList());
    }
}
