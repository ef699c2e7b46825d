package postbus.contracts.inventory;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import postbus.contracts.Sku;

/** So many pieces of a product. */
public record OrderLine(
        @Pattern(regexp = Sku.RULE) String sku, @Min(1) int quantity) {
    public OrderLine {
        Sku.require(sku);
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be at least 1, is " + quantity);
        }
    }
}
