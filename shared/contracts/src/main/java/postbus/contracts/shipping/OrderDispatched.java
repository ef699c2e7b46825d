package postbus.contracts.shipping;

import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** An order was handed to the carrier. */
@Type("shipping.order-dispatched.v1")
public record OrderDispatched(UUID orderId, String trackingNumber) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
