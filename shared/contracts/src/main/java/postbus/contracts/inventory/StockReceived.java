package postbus.contracts.inventory;

import postbus.messaging.Event;
import postbus.messaging.Type;

/** More pieces of a product are on the shelf. */
@Type("inventory.stock-received.v1")
public record StockReceived(String sku, int quantity) implements Event {
    @Override
    public String key() {
        return sku;
    }
}
