package postbus.contracts.inventory;

import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** All lines of an order are promised to it. */
@Type("inventory.stock-reserved.v1")
public record StockReserved(UUID orderId) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
