package postbus.contracts.ordering;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import postbus.contracts.Money;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** A customer placed an order. */
@Type("ordering.order-placed.v1")
public record OrderPlaced(UUID orderId, String customerId, List<PricedLine> lines, Money total, Instant at)
        implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
