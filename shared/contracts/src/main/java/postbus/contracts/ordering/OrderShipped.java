package postbus.contracts.ordering;

import java.time.Instant;
import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** An order left the house; it cannot be cancelled any more. */
@Type("ordering.order-shipped.v1")
public record OrderShipped(UUID orderId, Instant at) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
