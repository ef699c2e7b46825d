package postbus.ordering;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.CancelOrder;
import postbus.contracts.ordering.GetOrder;
import postbus.contracts.ordering.HistoryEntry;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.messaging.MessageType;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;
import postbus.ordering.EventStore.Stream;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderProcess.Effect;

/**
 * Takes orders and brings each to its end. What comes in is put to the {@link Order} it is about; what the order
 * decides is recorded, and what follows from that is sent, in one transaction.
 */
final class OrderingVerticle extends ServiceVerticle {
    private static final Logger LOG = LoggerFactory.getLogger(OrderingVerticle.class);

    private static final EventStore.Kind<Order, OrderEvent> ORDERS =
            new EventStore.Kind<>(Order.class, Order.SCHEMA, OrderEvent.TYPES, Order::after);

    private final EventStore<Order, OrderEvent> orders;
    private final OrderProcess process;

    OrderingVerticle(ServiceContext service, OrderingSettings settings) {
        super(service);
        orders = new EventStore<>(ORDERS, settings.snapshotAfter());
        process = new OrderProcess(settings.deadlines());
    }

    @Override
    protected void wire(Subscriptions on) {
        on.request(PlaceOrder.class, this::place);
        on.request(CancelOrder.class, this::cancel);
        on.query(GetOrder.class, this::view);

        on.eventOfOwn(StockReserved.class, (event, tx) -> decide(tx, event.orderId(), Order::stockReserved));
        on.eventOfOwn(StockRejected.class, (event, tx) -> decide(tx, event.orderId(), Order::stockRejected));
        on.eventOfOwn(PaymentTaken.class, (event, tx) -> decide(tx, event.orderId(), Order::paymentTaken));
        on.eventOfOwn(PaymentDeclined.class, (event, tx) -> decide(tx, event.orderId(), Order::paymentDeclined));
        on.eventOfOwn(OrderDispatched.class, (event, tx) -> decide(tx, event.orderId(), Order::dispatched));
        on.eventOfOwn(DispatchStopped.class, (event, tx) -> decide(tx, event.orderId(), Order::dispatchStopped));
        on.command(
                CheckDeadline.class,
                (check, tx) -> decide(tx, check.orderId(), order -> order.deadlinePassed(check.stage())));

        on.event(ProductDefined.class, ProductTable::define);
        on.event(ProductRenamed.class, ProductTable::rename);
        on.event(ProductPriceChanged.class, ProductTable::changePrice);
    }

    private OrderAccepted place(PlaceOrder command, Transaction tx) {
        var cart = Cart.of(command);
        var placed = cart.place(service().newId(), ProductTable.prices(tx, cart.skus()));
        record(tx, Stream.empty(placed.orderId()), List.of(placed));
        return new OrderAccepted(placed.orderId(), Stage.PLACED.status());
    }

    private OrderAccepted cancel(CancelOrder command, Transaction tx) {
        var order = decide(tx, command.orderId(), Order::cancel);
        if (order == null) {
            throw unknown(command.orderId());
        }
        return new OrderAccepted(order.id(), order.stage().status());
    }

    private OrderView view(GetOrder query, Sql sql) {
        @Nullable Order order = null;
        var history = new ArrayList<HistoryEntry>();
        for (var recorded : orders.history(sql, query.orderId())) {
            OrderProcess.announcement(order, recorded.event(), recorded.at())
                    .map(said -> MessageType.of(said.getClass()).toString())
                    .ifPresent(type -> history.add(new HistoryEntry(type, recorded.at())));
            order = Order.after(order, recorded.event());
        }
        if (order == null) {
            throw unknown(query.orderId());
        }
        return new OrderView(
                order.id(),
                order.customerId(),
                order.stage().status(),
                order.reason() == null ? null : order.reason().slug(),
                order.total(),
                order.lines(),
                history);
    }

    /** The order after it decided; null when there is no such order, which then is left to the caller to judge. */
    private @Nullable Order decide(Transaction tx, UUID orderId, Function<Order, List<OrderEvent>> decision) {
        var stream = orders.load(tx, orderId);
        var order = stream.state();
        if (order == null) {
            LOG.debug("order.unknown order={}", orderId);
            return null;
        }
        var events = decision.apply(order);
        if (events.isEmpty()) {
            LOG.debug("message.void order={} stage={}", orderId, order.stage());
            return order;
        }
        return record(tx, stream, events).state();
    }

    /** Records events with all that follows from them. */
    private Stream<Order> record(Transaction tx, Stream<Order> stream, List<? extends OrderEvent> decided) {
        var at = tx.now();
        var events = new ArrayList<OrderEvent>();
        @Nullable Order order = stream.state();
        for (var event : decided) {
            var effects = process.follow(order, event, at);
            events.add(event);
            order = Order.after(order, event);
            for (var effect : effects) {
                switch (effect) {
                    case Effect.Publish publish -> tx.publish(publish.event());
                    case Effect.Send send -> tx.send(send.command());
                    case Effect.WithdrawDeadline withdraw -> tx.cancel(withdraw.scheduledId());
                    case Effect.SetDeadline deadline -> {
                        var set = new DeadlineSet(tx.sendAt(deadline.dueAt(), deadline.command()));
                        events.add(set);
                        order = Order.after(order, set);
                    }
                }
            }
        }
        return orders.append(tx, stream, events, at);
    }

    private static Refusal unknown(UUID orderId) {
        return new Refusal(Problem.NOT_FOUND, "no order " + orderId, "/orderId");
    }
}
