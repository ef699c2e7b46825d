package postbus.contracts.catalog;

import org.jspecify.annotations.Nullable;
import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** Products by sku, from the one after {@code after}, at most {@code limit} (1 to 200). Answered with {@link ProductList}. */
@Reply(ProductList.class)
@Type("catalog.list-products.v1")
public record ListProducts(int limit, @Nullable String after) implements Query {}
