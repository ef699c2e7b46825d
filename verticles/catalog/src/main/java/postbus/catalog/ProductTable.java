package postbus.catalog;

import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;
import postbus.contracts.Money;
import postbus.contracts.catalog.Product;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/** Reads and writes {@code product}. */
final class ProductTable {
    private static final String LOCK = """
            select sku, name, price_amount, price_currency from product where sku = $1 for update
            """;

    private static final String INSERT = """
            insert into product (sku, name, price_amount, price_currency)
            values ($1, $2, $3, $4)
                on conflict (sku) do nothing
            """;

    private static final String UPDATE = """
            update product set name = $2, price_amount = $3 where sku = $1
            """;

    static final String PAGE = """
            select sku, name, price_amount, price_currency
              from product
             where sku > $1
             order by sku
             limit $2
            """;

    private ProductTable() {}

    /** The product as it stays until the transaction ends. */
    static Optional<Product> lock(Transaction tx, String sku) {
        return tx.find(LOCK, ProductTable::product, sku);
    }

    /** Adds a product that {@link #lock} did not find; {@link ConcurrentChange} when another transaction was quicker. */
    static void insert(Transaction tx, Product product) {
        var isNew = tx.update(
                        INSERT,
                        product.sku(),
                        product.name(),
                        product.price().amount(),
                        product.price().currency())
                == 1;
        if (!isNew) {
            throw new ConcurrentChange("product " + product.sku() + " was not there and now is");
        }
    }

    /** Changes name and amount of a locked product. */
    static void update(Transaction tx, Product product) {
        tx.update(UPDATE, product.sku(), product.name(), product.price().amount());
    }

    /**
     * Products in the order of their sku.
     *
     * @param after the sku they come after; empty for all
     */
    static List<Product> page(Sql sql, String after, int limit) {
        return sql.list(PAGE, ProductTable::product, after, limit);
    }

    private static Product product(Row row) {
        return new Product(
                row.getString("sku"),
                row.getString("name"),
                new Money(row.getLong("price_amount"), row.getString("price_currency")));
    }
}
