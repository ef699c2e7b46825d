package postbus.contracts.ordering;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** An order is paid and to be dispatched. */
@Type("ordering.order-paid.v1")
public record OrderPaid(UUID orderId, String customerId, List<PricedLine> lines, Instant at) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
