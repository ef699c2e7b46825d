package postbus.shipping;

import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Type;

/** Hand this order to the carrier now, if it still waits. Shipping sends it to itself, for when the order is picked. */
@Type("shipping.dispatch-order.v1")
record DispatchOrder(UUID orderId) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
