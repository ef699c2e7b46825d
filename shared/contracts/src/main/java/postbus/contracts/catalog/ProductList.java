package postbus.contracts.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of products.
 *
 * @param next what to ask for as {@code after} to get the next page; null on the last
 */
public record ProductList(List<Product> products, @Nullable String next) {}
