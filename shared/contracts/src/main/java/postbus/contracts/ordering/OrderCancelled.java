package postbus.contracts.ordering;

import java.time.Instant;
import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/**
 * An order ended without goods; what was reserved and paid goes back.
 *
 * @param reason one of {@code out-of-stock}, {@code payment-declined}, {@code cancelled-by-customer}, {@code deadline-passed}
 */
@Type("ordering.order-cancelled.v1")
public record OrderCancelled(UUID orderId, String reason, Instant at) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
