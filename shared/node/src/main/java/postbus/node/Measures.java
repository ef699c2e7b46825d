package postbus.node;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import postbus.messaging.Envelope;
import postbus.messaging.Observer;

/**
 * Counts what becomes of messages on this node, for Prometheus and for its {@link NodeReport}. Names and labels are those
 * of OpenTelemetry's conventions for messaging where there are some: a source is a destination, a subscription a consumer
 * group, a lane a partition. Labels have as many values as there are services: never keys or ids. Thread-safe.
 */
final class Measures implements Observer {
    static final String DESTINATION = "messaging.destination.name";
    static final String GROUP = "messaging.consumer.group.name";
    static final String PARTITION = "messaging.destination.partition.id";
    private static final String SYSTEM = "messaging.system";
    private static final String OPERATION = "messaging.operation.name";

    /** Upper ends of the buckets in which the time from commit to handled is counted. */
    static final List<Duration> HANDLED_WITHIN = Stream.of(
                    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000,
                    120_000, 300_000)
            .map(Duration::ofMillis)
            .toList();

    /** OpenTelemetry's advice for what takes time. */
    private static final List<Duration> PROCESSED_WITHIN = Stream.of(
                    5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000)
            .map(Duration::ofMillis)
            .toList();

    private final MeterRegistry registry;
    private final Clock clock;
    private final ConcurrentMap<String, Source> sources = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Timer> handlers = new ConcurrentHashMap<>();
    /** By subscription and source, as all below. */
    private final ConcurrentMap<String, ConcurrentMap<String, Sent>> sent = new ConcurrentHashMap<>();

    private final ConcurrentMap<String, ConcurrentMap<String, Flow>> flows = new ConcurrentHashMap<>();

    private final ConcurrentMap<String, List<Held>> held = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Boolean> leads = new ConcurrentHashMap<>();

    Measures(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    private final class Source {
        private final Counter appended;
        private final Counter cut;
        private final Timer cuts;

        Source(String name) {
            var tags = Tags.of(DESTINATION, name);
            appended = Counter.builder("messaging.client.sent.messages")
                    .description("Messages committed to the outbox of their source by this node")
                    .tags(tags.and(SYSTEM, "postbus").and(OPERATION, "append"))
                    .register(registry);
            cut = Counter.builder("postbus.cut.messages")
                    .description("Messages that got their position from the relay of this node")
                    .tags(tags)
                    .register(registry);
            cuts = Timer.builder("postbus.cut.duration")
                    .description("What cuts took, those that found nothing included")
                    .tags(tags)
                    .register(registry);
        }
    }

    /** What the relay of one source sends to one subscription. */
    private final class Sent {
        private final Counter batches;
        private final Counter messages;

        Sent(String subscription, String source) {
            var tags = Tags.of(DESTINATION, source, GROUP, subscription);
            batches =
                    counter("postbus.delivered.batches", "Batches sent by the relay of this node, again or not", tags);
            messages = counter(
                    "postbus.delivered.messages", "Messages sent by the relay of this node, again or not", tags);
        }
    }

    /** What becomes of the messages of one source in one subscription. */
    private final class Flow {
        private final Counter applied;
        private final Counter retried;
        private final Counter parked;
        private final Counter dead;
        private final Counter refused;
        private final Timer handled;

        Flow(String subscription, String source) {
            var tags = Tags.of(DESTINATION, source, GROUP, subscription);
            applied = Counter.builder("messaging.client.consumed.messages")
                    .description("Messages applied by this node")
                    .tags(tags.and(SYSTEM, "postbus").and(OPERATION, "apply"))
                    .register(registry);
            retried = counter("postbus.retried.messages", "Attempts at messages that had failed before", tags);
            parked = counter("postbus.parked.messages", "Messages parked: they failed, or wait behind such", tags);
            dead = counter("postbus.dead.messages", "Messages that became dead letters", tags);
            refused = counter("postbus.refused.batches", "Batches refused: neither applied nor parked", tags);
            handled = Timer.builder("postbus.commit.to.handled")
                    .description("From when a message was written, by its writer's clock, until it was applied")
                    .tags(tags)
                    .serviceLevelObjectives(HANDLED_WITHIN.toArray(Duration[]::new))
                    .register(registry);
        }
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private Source source(String name) {
        var known = sources.get(name);
        return known != null ? known : sources.computeIfAbsent(name, Source::new);
    }

    private Flow flow(String subscription, String source) {
        return find(flows, subscription, source, Flow::new);
    }

    /** What is there is found without a lock, and without making a key of the two. */
    private static <T> T find(
            ConcurrentMap<String, ConcurrentMap<String, T>> all,
            String subscription,
            String source,
            BiFunction<String, String, T> make) {
        var ofSubscription = all.get(subscription);
        if (ofSubscription == null) {
            ofSubscription = all.computeIfAbsent(subscription, name -> new ConcurrentHashMap<>());
        }
        var known = ofSubscription.get(source);
        return known != null ? known : ofSubscription.computeIfAbsent(source, name -> make.apply(subscription, name));
    }

    @Override
    public void appended(String source, int messages) {
        source(source).appended.increment(messages);
    }

    @Override
    public void cut(String source, long messages, long nanos) {
        var of = source(source);
        of.cut.increment((double) messages);
        of.cuts.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void delivered(String subscription, String source, int messages) {
        var to = find(sent, subscription, source, Sent::new);
        to.batches.increment();
        to.messages.increment(messages);
    }

    @Override
    public void handled(String subscription, int messages, long nanos) {
        var timer = handlers.get(subscription);
        if (timer == null) {
            timer = handlers.computeIfAbsent(
                    subscription,
                    name -> Timer.builder("messaging.process.duration")
                            .description("What the handlers of one transaction took")
                            .tags(Tags.of(GROUP, name, SYSTEM, "postbus", OPERATION, "apply"))
                            .serviceLevelObjectives(PROCESSED_WITHIN.toArray(Duration[]::new))
                            .register(registry));
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void applied(String subscription, List<Envelope> messages) {
        var now = clock.instant();
        for (int i = 0; i < messages.size(); i++) {
            var message = messages.get(i);
            var flow = flow(subscription, message.source());
            flow.applied.increment();
            flow.handled.record(nanosBetween(message.time(), now), TimeUnit.NANOSECONDS);
        }
    }

    /** Not below zero: the clocks of two nodes differ a little. */
    private static long nanosBetween(Instant from, Instant to) {
        return Math.max(
                0,
                TimeUnit.SECONDS.toNanos(to.getEpochSecond() - from.getEpochSecond()) + to.getNano() - from.getNano());
    }

    @Override
    public void retried(String subscription, String source) {
        flow(subscription, source).retried.increment();
    }

    @Override
    public void parked(String subscription, String source) {
        flow(subscription, source).parked.increment();
    }

    @Override
    public void dead(String subscription, String source) {
        flow(subscription, source).dead.increment();
    }

    @Override
    public void refused(String subscription, String source) {
        flow(subscription, source).refused.increment();
    }

    @Override
    public void held(String subscription, List<Held> held) {
        this.held.put(subscription, held);
    }

    @Override
    public void leads(String source, boolean isActive) {
        leads.put(source, isActive);
    }

    // What was counted

    /** Messages appended since the start, by source. */
    Map<String, Long> appended() {
        var appended = new TreeMap<String, Long>();
        sources.forEach((name, source) -> appended.put(name, (long) source.appended.count()));
        return appended;
    }

    /** What subscriptions applied here since the start. */
    List<NodeReport.Flow> flows() {
        var all = new ArrayList<NodeReport.Flow>();
        flows.forEach((subscription, ofSubscription) ->
                ofSubscription.forEach((source, flow) -> all.add(new NodeReport.Flow(
                        subscription,
                        source,
                        (long) flow.applied.count(),
                        (long) flow.retried.count(),
                        buckets(flow.handled)))));
        return all;
    }

    private static List<Long> buckets(Timer timer) {
        return Stream.of(timer.takeSnapshot().histogramCounts())
                .map(CountAtBucket::count)
                .map(Double::longValue)
                .toList();
    }

    /**
     * What subscriptions here keep of what they could not apply, as last told, by subscription; of sources of which they
     * keep nothing as well, if anything came from them.
     */
    Map<String, List<Held>> held() {
        var all = new TreeMap<String, List<Held>>();
        held.forEach((subscription, told) -> {
            var bySource = new TreeMap<String, Held>();
            flows.getOrDefault(subscription, new ConcurrentHashMap<>())
                    .keySet()
                    .forEach(source -> bySource.put(source, new Held(source, 0, 0)));
            told.forEach(each -> bySource.put(each.source(), each));
            all.put(subscription, List.copyOf(bySource.values()));
        });
        return all;
    }

    /** Sources that have a relay here, and whether it leads. */
    Map<String, Boolean> leads() {
        return new TreeMap<>(leads);
    }
}
