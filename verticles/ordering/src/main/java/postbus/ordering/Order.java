package postbus.ordering;

import static postbus.ordering.Stage.CANCELLED;
import static postbus.ordering.Stage.CONFIRMED;
import static postbus.ordering.Stage.PAID;
import static postbus.ordering.Stage.PLACED;
import static postbus.ordering.Stage.SHIPPED;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.contracts.ordering.PricedLine;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.ordering.OrderEvent.Cancelled;
import postbus.ordering.OrderEvent.Confirmed;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderEvent.Paid;
import postbus.ordering.OrderEvent.Placed;
import postbus.ordering.OrderEvent.Shipped;
import postbus.ordering.OrderEvent.StopWanted;

/**
 * An order after the events so far. Each decision takes what came in and says what thereby happens to the order, which
 * is nothing when it came too late, twice, or makes no sense in this stage. Pure: changes nothing by itself.
 *
 * @param paymentToken what the payment provider knows the payer by; null for the default
 * @param reason why it is cancelled; null otherwise
 * @param stopFor why a paid order's dispatch is to be stopped; null when it is not
 * @param deadlineId of the scheduled check of this stage's deadline; null when the stage has none
 */
record Order(
        UUID id,
        String customerId,
        List<PricedLine> lines,
        Money total,
        @Nullable String paymentToken,
        Stage stage,
        @Nullable Reason reason,
        @Nullable Reason stopFor,
        @Nullable UUID deadlineId) {
    /** Number of this record's shape, for snapshots; to be raised with every change of it. */
    static final int SCHEMA = 1;

    private static final List<OrderEvent> NOTHING = List.of();

    // Decisions

    List<OrderEvent> stockReserved() {
        return stage == PLACED ? List.of(new Confirmed()) : NOTHING;
    }

    List<OrderEvent> stockRejected() {
        return stage == PLACED ? List.of(new Cancelled(Reason.OUT_OF_STOCK)) : NOTHING;
    }

    List<OrderEvent> paymentTaken() {
        return stage == CONFIRMED ? List.of(new Paid()) : NOTHING;
    }

    List<OrderEvent> paymentDeclined() {
        return stage == CONFIRMED ? List.of(new Cancelled(Reason.PAYMENT_DECLINED)) : NOTHING;
    }

    /** The goods are gone: a wish to stop them, if there is one, is void. */
    List<OrderEvent> dispatched() {
        return stage == PAID ? List.of(new Shipped()) : NOTHING;
    }

    List<OrderEvent> dispatchStopped() {
        return stage == PAID && stopFor != null ? List.of(new Cancelled(stopFor)) : NOTHING;
    }

    /** The customer does not want it any more; refused once the goods are gone. */
    List<OrderEvent> cancel() {
        if (stage == SHIPPED) {
            throw new Refusal(Problem.CONFLICT, "order " + id + " is shipped");
        }
        return end(Reason.CANCELLED_BY_CUSTOMER);
    }

    /** It should have left this stage by now. */
    List<OrderEvent> deadlinePassed(Stage checked) {
        return stage == checked ? end(Reason.DEADLINE_PASSED) : NOTHING;
    }

    /** Cancels at once, unless goods may be leaving: whether they do, only shipping can say. */
    private List<OrderEvent> end(Reason why) {
        return switch (stage) {
            case PLACED, CONFIRMED -> List.of(new Cancelled(why));
            case PAID -> stopFor == null ? List.of(new StopWanted(why)) : NOTHING;
            case SHIPPED, CANCELLED -> NOTHING;
        };
    }

    // Folding

    /** The order after one more event; null before the first. Does not judge: what is recorded has happened. */
    static Order after(@Nullable Order order, OrderEvent event) {
        if (order != null) {
            return order.after(event);
        }
        if (event instanceof Placed placed) {
            return of(placed);
        }
        throw new IllegalStateException("an order's first event is placed, not " + event);
    }

    private static Order of(Placed placed) {
        return new Order(
                placed.orderId(),
                placed.customerId(),
                placed.lines(),
                placed.total(),
                placed.paymentToken(),
                PLACED,
                null,
                null,
                null);
    }

    private Order after(OrderEvent event) {
        return switch (event) {
            case Placed again -> throw new IllegalStateException("order " + id + " is placed already");
            case Confirmed now -> in(CONFIRMED, null);
            case Paid now -> in(PAID, null);
            case Shipped now -> in(SHIPPED, null);
            case Cancelled now -> in(CANCELLED, now.reason());
            case StopWanted wanted -> with(stage, reason, wanted.reason(), deadlineId);
            case DeadlineSet set -> with(stage, reason, stopFor, set.scheduledId());
        };
    }

    private Order in(Stage next, @Nullable Reason cancelledFor) {
        return with(next, cancelledFor, null, null);
    }

    private Order with(
            Stage newStage, @Nullable Reason newReason, @Nullable Reason newStopFor, @Nullable UUID newDeadlineId) {
        return new Order(id, customerId, lines, total, paymentToken, newStage, newReason, newStopFor, newDeadlineId);
    }
}
