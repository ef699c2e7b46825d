package postbus.gateway;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import postbus.node.NodeReport;

/** What one node said of itself in the last seconds. Event loop. */
final class NodeHistory {
    /** How far back what is told by the second looks. */
    static final Duration WINDOW = Duration.ofSeconds(5);

    /** After which nothing is known of what it does now. */
    private static final Duration STALE_AFTER = Duration.ofSeconds(3);

    private final Deque<Heard> heard = new ArrayDeque<>(); // a report a second, so a handful

    private record Heard(NodeReport report, long atNanos) {}

    void add(NodeReport report, long atNanos) {
        heard.addLast(new Heard(report, atNanos));
        while (heard.size() > 2 && atNanos - heard.getFirst().atNanos > WINDOW.toNanos()) {
            heard.removeFirst();
        }
    }

    NodeReport latest() {
        return heard.getLast().report;
    }

    Duration silence(long nowNanos) {
        return Duration.ofNanos(nowNanos - heard.getLast().atNanos);
    }

    /** By how much what it counts from its start grew in a second. */
    double perSecond(ToLongFunction<NodeReport> counted, long nowNanos) {
        var first = heard.getFirst();
        var last = heard.getLast();
        if (first == last || silence(nowNanos).compareTo(STALE_AFTER) > 0) {
            return 0;
        }
        var seconds = (last.atNanos - first.atNanos) / 1e9;
        return Math.max(0, counted.applyAsLong(last.report) - counted.applyAsLong(first.report)) / seconds;
    }

    /** How many messages of a flow were handled within each of the latencies, of late. */
    List<Long> handledWithin(String subscription, String source) {
        var before = flow(heard.getFirst().report, subscription, source);
        var after = flow(latest(), subscription, source);
        if (after == null) {
            return List.of();
        }
        var handled = new ArrayList<Long>(after.handledWithin().size());
        for (int i = 0; i < after.handledWithin().size(); i++) {
            handled.add(after.handledWithin().get(i)
                    - (before == null ? 0 : before.handledWithin().get(i)));
        }
        return handled;
    }

    /** How many were, in all. */
    long handled(String subscription, String source) {
        return applied(latest(), subscription, source) - applied(heard.getFirst().report, subscription, source);
    }

    static long applied(NodeReport report, String subscription, String source) {
        var flow = flow(report, subscription, source);
        return flow == null ? 0 : flow.applied();
    }

    static long retried(NodeReport report, String subscription, String source) {
        var flow = flow(report, subscription, source);
        return flow == null ? 0 : flow.retried();
    }

    private static NodeReport.@Nullable Flow flow(NodeReport report, String subscription, String source) {
        for (var flow : report.flows()) {
            if (flow.subscription().equals(subscription) && flow.source().equals(source)) {
                return flow;
            }
        }
        return null;
    }
}
