package postbus.contracts.catalog;

import postbus.contracts.Money;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** A product costs something else from now on; orders placed keep the price they were placed at. */
@Type("catalog.product-price-changed.v1")
public record ProductPriceChanged(String sku, Money price) implements Event {
    @Override
    public String key() {
        return sku;
    }
}
