package postbus.contracts.ordering;

import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** Cancel an order unless it is shipped. Asked for by request; answered with {@link OrderAccepted}; a shipped order is refused. What is paid is refunded, what is reserved released; a paid order may still turn out shipped when dispatch was quicker. */
@Reply(OrderAccepted.class)
@Type("ordering.cancel-order.v1")
public record CancelOrder(UUID orderId) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
