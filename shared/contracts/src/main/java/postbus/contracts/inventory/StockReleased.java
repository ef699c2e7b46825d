package postbus.contracts.inventory;

import java.util.List;
import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** What was promised to an order is for sale again. */
@Type("inventory.stock-released.v1")
public record StockReleased(UUID orderId, List<OrderLine> lines) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
