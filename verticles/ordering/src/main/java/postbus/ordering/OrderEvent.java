package postbus.ordering;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.contracts.ordering.PricedLine;

/**
 * What happens to an order, as its stream keeps it. These are facts for this service alone; what others are told is a
 * contract of its own, see {@link OrderProcess#announcement}. Stored for ever: fields may be added, never renamed.
 */
sealed interface OrderEvent {
    /** The names streams know the events by; never to be changed. */
    Map<String, Class<? extends OrderEvent>> TYPES = Map.of(
            "placed", Placed.class,
            "confirmed", Confirmed.class,
            "paid", Paid.class,
            "stop-wanted", StopWanted.class,
            "shipped", Shipped.class,
            "cancelled", Cancelled.class,
            "deadline-set", DeadlineSet.class);

    /** A customer placed it. The first event of every order, and only the first. */
    record Placed(
            UUID orderId,
            String customerId,
            List<PricedLine> lines,
            Money total,
            @Nullable String paymentToken) implements OrderEvent {}

    /** Its stock is reserved. */
    record Confirmed() implements OrderEvent {}

    /** Its money is taken. */
    record Paid() implements OrderEvent {}

    /** It is paid and shall not be dispatched any more, if that can still be prevented. */
    record StopWanted(Reason reason) implements OrderEvent {}

    /** Its goods left the house. */
    record Shipped() implements OrderEvent {}

    /** It ended without goods. */
    record Cancelled(Reason reason) implements OrderEvent {}

    /** A {@link CheckDeadline} is scheduled for the stage it is in, under this id. */
    record DeadlineSet(UUID scheduledId) implements OrderEvent {}
}
