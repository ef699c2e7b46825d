package postbus.contracts.ordering;

import java.time.Instant;
import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** The stock for an order is reserved. */
@Type("ordering.order-confirmed.v1")
public record OrderConfirmed(UUID orderId, Instant at) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
