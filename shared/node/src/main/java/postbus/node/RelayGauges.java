package postbus.node;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import postbus.messaging.relay.Progress;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayStatus;
import postbus.messaging.retention.Retention;
import postbus.node.NodeContext.Reading;

/**
 * Gauges of what the relays of a node know: which of them lead, and how far behind the subscriptions of the sources that
 * are led here are, also those that are away.
 */
final class RelayGauges {
    private final List<Relay> relays;

    RelayGauges(List<Relay> relays) {
        this.relays = relays;
    }

    void addTo(Gauges gauges, Measures measures) {
        gauges.add(
                "postbus.relay.active",
                "",
                "1 where the relay of a source leads, 0 where it stands by",
                List.of(Measures.DESTINATION),
                () -> measures.leads().entrySet().stream()
                        .map(each -> new Reading(List.of(each.getKey()), each.getValue() ? 1 : 0))
                        .toList());
        gauges.add(
                "postbus.subscription.lag.messages",
                "messages",
                "Messages that wait for a subscription in a lane, counted up to " + Retention.BEHIND_COUNT_MAX,
                List.of(Measures.DESTINATION, Measures.GROUP, Measures.PARTITION),
                () -> lanes(Progress.Lane::behind));
        gauges.add(
                "postbus.subscription.lag.seconds", // a name stands for one unit
                "seconds",
                "How long the first message that waits for a subscription in a lane has been waiting",
                List.of(Measures.DESTINATION, Measures.GROUP, Measures.PARTITION),
                () -> lanes(RelayGauges::secondsWaiting));
        gauges.add(
                "postbus.subscription.silent",
                "seconds",
                "How long a subscription was not heard of",
                List.of(Measures.DESTINATION, Measures.GROUP),
                () -> active().flatMap(relay -> relay.subscriptions().stream()
                                .map(each -> new Reading(
                                        List.of(relay.source(), each.subscription()),
                                        each.silent().toMillis() / 1000.0)))
                        .toList());
        gauges.add(
                "postbus.subscription.paused",
                "",
                "1 where a person has paused a subscription, else 0",
                List.of(Measures.DESTINATION, Measures.GROUP),
                () -> active().flatMap(relay -> relay.subscriptions().stream()
                                .map(each -> new Reading(
                                        List.of(relay.source(), each.subscription()), each.isPaused() ? 1 : 0)))
                        .toList());
        gauges.add(
                "postbus.held",
                "messages",
                "Messages that a subscription could not apply and keeps, parked or dead",
                List.of(Measures.DESTINATION, Measures.GROUP, "state"),
                () -> measures.held().entrySet().stream()
                        .flatMap(of -> of.getValue().stream()
                                .flatMap(each -> Stream.of(
                                        new Reading(List.of(each.source(), of.getKey(), "parked"), each.parked()),
                                        new Reading(List.of(each.source(), of.getKey(), "dead"), each.dead()))))
                        .toList());
    }

    private Stream<RelayStatus> active() {
        return relays.stream().map(Relay::status).filter(RelayStatus::isActive);
    }

    private List<Reading> lanes(Function<Progress.Lane, Number> value) {
        return active().flatMap(relay -> relay.subscriptions().stream()
                        .flatMap(each -> each.lanes().stream()
                                .map(lane -> new Reading(
                                        List.of(relay.source(), each.subscription(), String.valueOf(lane.lane())),
                                        value.apply(lane).doubleValue()))))
                .toList();
    }

    private static double secondsWaiting(Progress.Lane lane) {
        var since = lane.waitingSince();
        return since == null
                ? 0
                : Math.max(0, Duration.between(since, Instant.now()).toMillis() / 1000.0);
    }
}
