package postbus.contracts.inventory;

import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** How much there is of a product. Answered with {@link StockLevel}; an unknown sku is refused. */
@Reply(StockLevel.class)
@Type("inventory.get-stock.v1")
public record GetStock(String sku) implements Query {}
