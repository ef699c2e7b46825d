package postbus.contracts.ordering;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import postbus.contracts.Sku;

/** So many pieces of a product, as a customer asks for them. */
public record Line(
        @Pattern(regexp = Sku.RULE) String sku, @Min(1) int quantity) {
    public Line {
        Sku.require(sku);
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be at least 1, is " + quantity);
        }
    }
}
