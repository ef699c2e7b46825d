package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.relay.Progress;
import postbus.messaging.relay.RelayStatus;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Reading;
import postbus.node.NodeReport;

/**
 * What all nodes together look like, from what each broadcasts of itself every second. Listening costs little; a snapshot
 * is made only when somebody wants one. Event loop.
 */
final class Overview {
    /** A node not heard of for so long is gone. */
    static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Overview.class);

    /** From so long on waiting is worth a word: a busy subscription has a few messages in hand at any moment. */
    private static final Duration BEHIND_AFTER = Duration.ofSeconds(5);
    /** More nodes are not looked after. */
    private static final int NODES_MAX = 1_000;
    /** More sources are not remembered. */
    private static final int SOURCES_MAX = 1_000;

    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Map<String, NodeHistory> nodes = new TreeMap<>();
    /** What the last relay that led each source said of it: still the best there is while nobody leads. */
    private final Map<String, Led> led = new TreeMap<>();

    private record Led(RelayStatus relay, String node, long atNanos) {}

    /**
     * @param clock for what is told
     * @param nanoTime a clock for measuring, as {@link System#nanoTime}
     */
    Overview(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Completes when every node can be heard. */
    Future<?> listen(Vertx vertx) {
        MessageConsumer<Buffer> reports = vertx.eventBus()
                .consumer(
                        Addresses.NODE_REPORT,
                        Reading.of(
                                NodeReport::of,
                                (report, message) -> report.ifPresentOrElse(
                                        this::heard,
                                        () -> LOG.debug("node-report.unread: of another version, or not a report"))));
        return reports.completion();
    }

    void heard(NodeReport report) {
        var now = nanoTime.getAsLong();
        nodes.values().removeIf(node -> node.silence(now).compareTo(FORGOTTEN_AFTER) > 0);
        if (report.isLeaving()) {
            nodes.remove(report.node());
            return;
        }
        if (!nodes.containsKey(report.node()) && nodes.size() >= NODES_MAX) {
            return;
        }
        nodes.computeIfAbsent(report.node(), id -> new NodeHistory()).add(report, now);
        for (var relay : report.relays()) {
            if (relay.isActive() && (led.containsKey(relay.source()) || led.size() < SOURCES_MAX)) {
                led.put(relay.source(), new Led(relay, report.node(), now));
            }
        }
    }

    Snapshot snapshot() {
        var now = nanoTime.getAsLong();
        nodes.values().removeIf(node -> node.silence(now).compareTo(FORGOTTEN_AFTER) > 0);
        var at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Snapshot(at, sources(now), subscriptions(at, now), nodes());
    }

    List<Snapshot.Node> nodes() {
        return nodes.values().stream()
                .map(NodeHistory::latest)
                .map(report -> new Snapshot.Node(
                        report.node(),
                        report.services(),
                        report.build(),
                        report.startedAt(),
                        report.host(),
                        report.pid(),
                        report.http(),
                        report.problems().isEmpty(),
                        report.problems(),
                        report.relays().stream()
                                .map(relay ->
                                        new Snapshot.Relay(relay.source(), relay.isActive() ? "active" : "standby"))
                                .toList(),
                        report.heapUsedBytes(),
                        Numbers.rounded(report.cpu())))
                .toList();
    }

    private List<Snapshot.Source> sources(long now) {
        var names = new TreeSet<>(led.keySet());
        var standbys = new TreeMap<String, Integer>();
        for (var node : nodes.values()) {
            names.addAll(node.latest().appended().keySet());
            for (var relay : node.latest().relays()) {
                names.add(relay.source());
                standbys.merge(relay.source(), relay.isActive() ? 0 : 1, Integer::sum);
            }
        }
        return names.stream()
                .map(name -> new Snapshot.Source(
                        name,
                        led.containsKey(name) ? led.get(name).relay().position() : 0,
                        leader(name),
                        standbys.getOrDefault(name, 0),
                        perSecond(report -> report.appended().getOrDefault(name, 0L), now)))
                .toList();
    }

    /** Of two that say so, as may be for a moment, the one heard last. */
    private @Nullable String leader(String source) {
        var last = led.get(source);
        if (last == null) {
            return null;
        }
        var node = nodes.get(last.node());
        return node != null && leads(node.latest(), source) ? last.node() : null;
    }

    private static boolean leads(NodeReport report, String source) {
        return report.relays().stream()
                .anyMatch(relay -> relay.isActive() && relay.source().equals(source));
    }

    private List<Snapshot.Subscription> subscriptions(Instant at, long now) {
        var all = new ArrayList<Snapshot.Subscription>();
        led.values()
                .forEach(relay ->
                        relay.relay().subscriptions().forEach(each -> all.add(subscription(relay, each, at, now))));
        all.sort((one, other) -> one.subscription().equals(other.subscription())
                ? one.source().compareTo(other.source())
                : one.subscription().compareTo(other.subscription()));
        return all;
    }

    private Snapshot.Subscription subscription(Led led, Progress progress, Instant at, long now) {
        var name = progress.subscription();
        var source = led.relay().source();
        long lag = 0;
        var waited = Duration.ZERO;
        for (var lane : progress.lanes()) {
            lag += lane.behind();
            var since = lane.waitingSince();
            var wait = since == null ? Duration.ZERO : Duration.between(since, at);
            waited = wait.compareTo(waited) > 0 ? wait : waited;
        }
        var latencies = new Latencies(NodeReport.latencies());
        long applied = 0;
        long parked = 0;
        long dead = 0;
        for (var node : nodes.values()) {
            applied += NodeHistory.applied(node.latest(), name, source);
            latencies.add(node.handledWithin(name, source), node.handled(name, source));
            for (var held : node.latest().held().getOrDefault(name, List.of())) {
                if (held.source().equals(source)) { // each instance counts the same
                    parked = Math.max(parked, held.parked());
                    dead = Math.max(dead, held.dead());
                }
            }
        }
        return new Snapshot.Subscription(
                name,
                source,
                state(progress, waited),
                lag,
                seconds(waited),
                applied,
                perSecond(report -> NodeHistory.applied(report, name, source), now),
                perSecond(report -> NodeHistory.retried(report, name, source), now),
                latencies.percentiles(),
                parked,
                dead,
                seconds(progress.silent().plusNanos(now - led.atNanos())),
                progress.lanes().stream()
                        .map(lane -> new Snapshot.Lane(lane.lane(), lane.cursor(), lane.head()))
                        .toList());
    }

    private static String state(Progress progress, Duration waited) {
        if (!progress.isLive()) {
            return "silent";
        }
        if (progress.isPaused()) {
            return "paused";
        }
        return waited.compareTo(BEHIND_AFTER) < 0 ? "live" : "behind";
    }

    private double perSecond(ToLongFunction<NodeReport> counted, long now) {
        return Numbers.rounded(nodes.values().stream()
                .mapToDouble(node -> node.perSecond(counted, now))
                .sum());
    }

    private static double seconds(Duration duration) {
        return Numbers.rounded(duration.toNanos() / 1e9);
    }
}
