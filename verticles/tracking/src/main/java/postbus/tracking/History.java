package postbus.tracking;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReleased;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.HistoryEntry;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderShipped;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentRefunded;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.messaging.Event;
import postbus.messaging.MessageType;

/**
 * What happened to an order. The same facts in any order make the same history.
 *
 * @param facts by time; at the same time, as a life usually goes
 */
record History(List<Fact> facts) {
    /** The events that are followed, in the order in which a life usually goes. */
    private static final List<Class<? extends Event>> EVENTS = List.of(
            OrderPlaced.class,
            StockReserved.class,
            StockRejected.class,
            OrderConfirmed.class,
            PaymentTaken.class,
            PaymentDeclined.class,
            OrderPaid.class,
            OrderDispatched.class,
            DispatchStopped.class,
            OrderShipped.class,
            OrderCancelled.class,
            PaymentRefunded.class,
            StockReleased.class);

    private static final Map<String, Integer> RANKS = IntStream.range(0, EVENTS.size())
            .boxed()
            .collect(toUnmodifiableMap(rank -> type(EVENTS.get(rank)), rank -> rank));

    private static final String CANCELLED = type(OrderCancelled.class);

    /** Only ordering's events say how far an order is; the one furthest on counts. */
    private static final Map<String, String> STATUSES = Map.of(
            type(OrderPlaced.class),
            "placed",
            type(OrderConfirmed.class),
            "confirmed",
            type(OrderPaid.class),
            "paid",
            type(OrderShipped.class),
            "shipped",
            CANCELLED,
            "cancelled");

    /** Types a newer version added to the table come last. */
    private static final Comparator<Fact> BY_RANK =
            comparingInt(fact -> RANKS.getOrDefault(fact.type(), Integer.MAX_VALUE));

    private static final Comparator<Fact> BY_TIME =
            comparing(Fact::at).thenComparing(BY_RANK).thenComparing(Fact::messageId);

    static History of(Collection<Fact> facts) {
        return new History(facts.stream().sorted(BY_TIME).toList());
    }

    /** The events to subscribe to. */
    static Set<MessageType> types() {
        return EVENTS.stream().map(MessageType::of).collect(toUnmodifiableSet());
    }

    /** As {@link postbus.contracts.ordering.OrderView} spells it; empty while ordering said nothing. */
    Optional<String> status() {
        return facts.stream()
                .filter(fact -> STATUSES.containsKey(fact.type()))
                .max(BY_RANK)
                .map(fact -> STATUSES.get(fact.type()));
    }

    /** Why it was cancelled; null when it was not. */
    @Nullable
    String reason() {
        for (var fact : facts) {
            if (fact.type().equals(CANCELLED)) {
                return fact.reason();
            }
        }
        return null;
    }

    List<HistoryEntry> entries() {
        return facts.stream()
                .map(fact -> new HistoryEntry(fact.type(), fact.at()))
                .toList();
    }

    private static String type(Class<? extends Event> event) {
        return MessageType.of(event).toString();
    }
}
