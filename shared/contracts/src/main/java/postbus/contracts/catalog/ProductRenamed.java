package postbus.contracts.catalog;

import postbus.messaging.Event;
import postbus.messaging.Type;

/** A product goes by another name. */
@Type("catalog.product-renamed.v1")
public record ProductRenamed(String sku, String name) implements Event {
    @Override
    public String key() {
        return sku;
    }
}
