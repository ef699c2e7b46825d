package postbus.contracts.inventory;

import postbus.contracts.Sku;

/** So many pieces of a product. */
public record OrderLine(String sku, int quantity) {
    public OrderLine {
        Sku.require(sku);
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be at least 1, is " + quantity);
        }
    }
}
