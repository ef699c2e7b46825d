package postbus.contracts.catalog;

import jakarta.validation.constraints.Pattern;
import postbus.contracts.Money;
import postbus.contracts.Sku;
import postbus.messaging.Command;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** Makes a product, or changes its name and price. Asked for by request; answered with the {@link Product}. */
@Reply(Product.class)
@Type("catalog.define-product.v1")
public record DefineProduct(@Pattern(regexp = Sku.RULE) String sku, String name, Money price) implements Command {
    public DefineProduct {
        Sku.require(sku);
    }

    @Override
    public String key() {
        return sku;
    }
}
