package postbus.ordering;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import postbus.contracts.Money;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code product}: what catalog said about products. */
final class ProductTable {
    private static final String DEFINE = """
            insert into product (sku, name, amount, currency)
            values ($1, $2, $3, $4)
                on conflict (sku) do update
               set name = excluded.name, amount = excluded.amount, currency = excluded.currency
            """;

    private static final String RENAME = """
            update product set name = $2 where sku = $1
            """;

    private static final String CHANGE_PRICE = """
            update product set amount = $2, currency = $3 where sku = $1
            """;

    private static final String PRICES = """
            select sku, amount, currency from product where sku = any ($1)
            """;

    private ProductTable() {}

    static void define(ProductDefined event, Sql sql) {
        sql.update(
                DEFINE,
                event.sku(),
                event.name(),
                event.price().amount(),
                event.price().currency());
    }

    static void rename(ProductRenamed event, Sql sql) {
        sql.update(RENAME, event.sku(), event.name());
    }

    static void changePrice(ProductPriceChanged event, Sql sql) {
        sql.update(
                CHANGE_PRICE, event.sku(), event.price().amount(), event.price().currency());
    }

    /** Prices by sku; of skus that are no products there are none. */
    static Map<String, Money> prices(Sql sql, List<String> skus) {
        var prices = new HashMap<String, Money>();
        var rows = sql.execute(PRICES, (Object) skus.toArray(String[]::new));
        for (var row : rows) {
            prices.put(row.getString("sku"), new Money(row.getLong("amount"), row.getString("currency")));
        }
        return prices;
    }
}
