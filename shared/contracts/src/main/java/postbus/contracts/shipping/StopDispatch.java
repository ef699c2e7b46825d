package postbus.contracts.shipping;

import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Type;

/** Do not dispatch this order, if it is not too late. Answered by {@link DispatchStopped}; when it was too late, {@link OrderDispatched} has been or will be said. */
@Type("shipping.stop-dispatch.v1")
public record StopDispatch(UUID orderId) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
