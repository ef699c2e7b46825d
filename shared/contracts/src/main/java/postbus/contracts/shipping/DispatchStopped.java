package postbus.contracts.shipping;

import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** An order was held back and will not be dispatched. */
@Type("shipping.dispatch-stopped.v1")
public record DispatchStopped(UUID orderId) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
