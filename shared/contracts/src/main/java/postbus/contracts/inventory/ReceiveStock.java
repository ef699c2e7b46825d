package postbus.contracts.inventory;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import postbus.contracts.Sku;
import postbus.messaging.Command;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** Goods arrived. Asked for by request; answered with {@link StockLevel}; an unknown sku is refused. */
@Reply(StockLevel.class)
@Type("inventory.receive-stock.v1")
public record ReceiveStock(
        @Pattern(regexp = Sku.RULE) String sku, @Min(1) int quantity) implements Command {
    public ReceiveStock {
        Sku.require(sku);
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be at least 1, is " + quantity);
        }
    }

    @Override
    public String key() {
        return sku;
    }
}
