package postbus.contracts.ordering;

import postbus.contracts.Sku;

/** So many pieces of a product, as a customer asks for them. */
public record Line(String sku, int quantity) {
    public Line {
        Sku.require(sku);
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be at least 1, is " + quantity);
        }
    }
}
