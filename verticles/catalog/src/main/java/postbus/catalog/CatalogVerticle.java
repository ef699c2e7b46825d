package postbus.catalog;

import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.ListProducts;
import postbus.contracts.catalog.Product;
import postbus.contracts.catalog.ProductList;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/** Keeps what there is to buy and for how much. Asked by request; tells every change as an event. */
final class CatalogVerticle extends ServiceVerticle {
    private static final int PAGE_LENGTH_MAX = 200;

    CatalogVerticle(ServiceContext service) {
        super(service);
    }

    @Override
    protected void wire(Subscriptions on) {
        on.request(DefineProduct.class, CatalogVerticle::define);
        on.query(ListProducts.class, CatalogVerticle::list);
    }

    private static Product define(DefineProduct wish, Transaction tx) {
        var before = ProductTable.lock(tx, wish.sku());
        var changes = Definition.changes(before.orElse(null), wish);
        var product = new Product(wish.sku(), wish.name(), wish.price());
        if (before.isEmpty()) {
            ProductTable.insert(tx, product);
        } else if (!changes.isEmpty()) {
            ProductTable.update(tx, product);
        }
        changes.forEach(tx::publish);
        return product;
    }

    private static ProductList list(ListProducts query, Sql sql) {
        var limit = query.limit();
        if (limit < 1 || limit > PAGE_LENGTH_MAX) {
            throw new Refusal(Problem.INVALID, "limit must be 1 to " + PAGE_LENGTH_MAX + ", is " + limit, "/limit");
        }
        var after = query.after();
        var found = ProductTable.page(sql, after == null ? "" : after, limit + 1); // one more tells whether more follow
        if (found.size() <= limit) {
            return new ProductList(found, null);
        }
        var page = found.subList(0, limit);
        return new ProductList(page, page.get(limit - 1).sku());
    }
}
