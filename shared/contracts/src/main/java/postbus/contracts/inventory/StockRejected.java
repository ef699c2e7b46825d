package postbus.contracts.inventory;

import java.util.List;
import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** An order cannot be filled; nothing is promised to it. */
@Type("inventory.stock-rejected.v1")
public record StockRejected(UUID orderId, List<Shortage> shortages) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
