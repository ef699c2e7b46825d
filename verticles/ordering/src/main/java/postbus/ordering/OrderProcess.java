package postbus.ordering;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.ReleaseStock;
import postbus.contracts.inventory.ReserveStock;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderShipped;
import postbus.contracts.payment.RefundPayment;
import postbus.contracts.payment.TakePayment;
import postbus.contracts.shipping.StopDispatch;
import postbus.messaging.Command;
import postbus.messaging.Event;
import postbus.ordering.OrderEvent.Cancelled;
import postbus.ordering.OrderEvent.Confirmed;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderEvent.Paid;
import postbus.ordering.OrderEvent.Placed;
import postbus.ordering.OrderEvent.Shipped;
import postbus.ordering.OrderEvent.StopWanted;

/**
 * The process manager: what has to follow from something that happened to an order. Pure; whoever records the event
 * carries this out in the same transaction.
 *
 * <p>It relies on two promises: messages with the same source and key are applied in order, so that a release always
 * comes after the reservation it undoes; and inventory and payment accept to undo what never came about.
 */
final class OrderProcess {
    private final Deadlines deadlines;

    OrderProcess(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /** One thing to do. */
    sealed interface Effect {
        /** Tell everybody. */
        record Publish(Event event) implements Effect {}

        /** Tell one service to do something. */
        record Send(Command command) implements Effect {}

        /** Send a command at that time, and record its id as {@link DeadlineSet}. */
        record SetDeadline(CheckDeadline command, Instant dueAt) implements Effect {}

        /** Withdraw the command scheduled under this id; it may have been sent already. */
        record WithdrawDeadline(UUID scheduledId) implements Effect {}
    }

    /**
     * What follows, in the order in which it is to be done.
     *
     * @param before the order before this event; null when the event placed it
     * @param at when it happened
     */
    List<Effect> follow(@Nullable Order before, OrderEvent event, Instant at) {
        var effects = new ArrayList<Effect>();
        announcement(before, event, at).ifPresent(said -> effects.add(new Effect.Publish(said)));
        switch (event) {
            case Placed placed -> {
                effects.add(new Effect.Send(new ReserveStock(placed.orderId(), lines(placed))));
                effects.add(deadline(placed.orderId(), Stage.PLACED, at));
            }
            case Confirmed now -> {
                var order = known(before);
                withdrawDeadline(order, effects);
                effects.add(new Effect.Send(new TakePayment(order.id(), order.total(), order.paymentToken())));
                effects.add(deadline(order.id(), Stage.CONFIRMED, at));
            }
            case Paid now -> {
                var order = known(before);
                withdrawDeadline(order, effects);
                effects.add(deadline(order.id(), Stage.PAID, at));
            }
            case StopWanted now ->
                effects.add(new Effect.Send(new StopDispatch(known(before).id())));
            case Shipped now -> withdrawDeadline(known(before), effects);
            case Cancelled cancelled -> {
                var order = known(before);
                withdrawDeadline(order, effects);
                giveBack(order, cancelled.reason(), effects);
            }
            case DeadlineSet now -> {}
        }
        return effects;
    }

    /** What the others are told of this event; empty for what concerns nobody else. */
    static Optional<Event> announcement(@Nullable Order before, OrderEvent event, Instant at) {
        return switch (event) {
            case Placed placed ->
                Optional.of(new OrderPlaced(placed.orderId(), placed.customerId(), placed.lines(), placed.total(), at));
            case Confirmed now -> Optional.of(new OrderConfirmed(known(before).id(), at));
            case Paid now -> {
                var order = known(before);
                yield Optional.of(new OrderPaid(order.id(), order.customerId(), order.lines(), at));
            }
            case Shipped now -> Optional.of(new OrderShipped(known(before).id(), at));
            case Cancelled cancelled ->
                Optional.of(new OrderCancelled(
                        known(before).id(), cancelled.reason().slug(), at));
            case StopWanted now -> Optional.empty();
            case DeadlineSet now -> Optional.empty();
        };
    }

    /**
     * Whatever may have been taken or reserved, also what is only on its way: nothing for want of stock, no money while
     * none was asked for or when the provider declined.
     */
    private static void giveBack(Order order, Reason reason, List<Effect> effects) {
        var isMoneyAsked = order.stage() != Stage.PLACED && reason != Reason.PAYMENT_DECLINED;
        if (isMoneyAsked) {
            effects.add(new Effect.Send(new RefundPayment(order.id())));
        }
        if (reason != Reason.OUT_OF_STOCK) {
            effects.add(new Effect.Send(new ReleaseStock(order.id())));
        }
    }

    private static void withdrawDeadline(Order order, List<Effect> effects) {
        if (order.deadlineId() != null) {
            effects.add(new Effect.WithdrawDeadline(order.deadlineId()));
        }
    }

    private Effect deadline(UUID orderId, Stage stage, Instant at) {
        var patience = switch (stage) {
            case PLACED -> deadlines.stock();
            case CONFIRMED -> deadlines.payment();
            case PAID -> deadlines.dispatch();
            case SHIPPED, CANCELLED -> throw new IllegalArgumentException(stage + " waits for nothing");
        };
        return new Effect.SetDeadline(new CheckDeadline(orderId, stage), at.plus(patience));
    }

    private static List<OrderLine> lines(Placed placed) {
        return placed.lines().stream()
                .map(line -> new OrderLine(line.sku(), line.quantity()))
                .toList();
    }

    private static Order known(@Nullable Order before) {
        return Objects.requireNonNull(before, "an order's first event is placed");
    }
}
