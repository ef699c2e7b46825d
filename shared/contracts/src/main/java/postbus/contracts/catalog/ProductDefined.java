package postbus.contracts.catalog;

import postbus.contracts.Money;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** A product that was not there before is for sale. */
@Type("catalog.product-defined.v1")
public record ProductDefined(String sku, String name, Money price) implements Event {
    @Override
    public String key() {
        return sku;
    }
}
