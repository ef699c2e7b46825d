package postbus.contracts.ordering;

import java.util.UUID;
import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** An order as ordering itself knows it, for when tracking has not heard of it yet. Answered with {@link OrderView}. */
@Reply(OrderView.class)
@Type("ordering.get-order.v1")
public record GetOrder(UUID orderId) implements Query {
    @Override
    public String key() {
        return orderId.toString();
    }
}
