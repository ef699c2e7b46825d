package postbus.tracking;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderView;
import postbus.messaging.Envelope;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.transaction.Sql;
import postbus.tracking.OrderTable.Ordered;

/** The read model: takes events in, gives orders out. Taking an event in again changes nothing. */
final class Tracking {
    private static final String PLACED = MessageType.of(OrderPlaced.class).toString();
    private static final String CANCELLED = MessageType.of(OrderCancelled.class).toString();

    /**
     * What tracking reads of every event.
     *
     * @param at when it happened; null in contracts that leave that to the envelope
     * @param reason meant for people when the order is cancelled; other contracts use the field for other things
     */
    private record About(
            UUID orderId, @Nullable Instant at, @Nullable String reason) {}

    private Tracking() {}

    /** Adds what an event says; any of {@link History#types}. */
    static void apply(Envelope message, Sql sql) {
        if (message.type().equals(PLACED)) {
            OrderTable.add(sql, MessageJson.read(message.data(), OrderPlaced.class));
        }
        var about = MessageJson.read(message.data(), About.class);
        var at = about.at() == null ? message.time() : about.at();
        var reason = message.type().equals(CANCELLED) ? about.reason() : null;
        FactTable.add(sql, about.orderId(), new Fact(message.id(), message.type(), at, reason));
    }

    /** Empty until ordering's first event of it is applied. */
    static Optional<OrderView> find(Sql sql, UUID orderId) {
        return OrderTable.find(sql, orderId)
                .flatMap(ordered -> views(sql, List.of(ordered)).stream().findFirst());
    }

    /** As {@link OrderTable#page}. */
    static List<OrderView> page(Sql sql, @Nullable String customerId, @Nullable UUID after, int limit) {
        return views(sql, OrderTable.page(sql, customerId, after, limit));
    }

    /** Facts are read after the orders they belong to, so each order has at least the one it came with. */
    private static List<OrderView> views(Sql sql, List<Ordered> orders) {
        if (orders.isEmpty()) {
            return List.of();
        }
        var facts =
                FactTable.ofOrders(sql, orders.stream().map(Ordered::orderId).toList());
        return orders.stream()
                .map(ordered -> view(ordered, History.of(facts.getOrDefault(ordered.orderId(), List.of()))))
                .toList();
    }

    private static OrderView view(Ordered ordered, History history) {
        return new OrderView(
                ordered.orderId(),
                ordered.customerId(),
                history.status().orElse("placed"),
                history.reason(),
                ordered.total(),
                ordered.lines(),
                history.entries());
    }
}
