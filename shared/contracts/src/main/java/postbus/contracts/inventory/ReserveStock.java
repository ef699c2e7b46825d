package postbus.contracts.inventory;

import java.util.List;
import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Type;

/** Promise these pieces to an order: all or none. Answered by {@link StockReserved} or {@link StockRejected}. */
@Type("inventory.reserve-stock.v1")
public record ReserveStock(UUID orderId, List<OrderLine> lines) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
