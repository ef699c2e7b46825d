package postbus.contracts.inventory;

import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Type;

/** Give back what is promised to an order, if anything is. Answered by {@link StockReleased} if there was. */
@Type("inventory.release-stock.v1")
public record ReleaseStock(UUID orderId) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
