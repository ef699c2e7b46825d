package postbus.gateway;

import io.vertx.core.Future;
import postbus.contracts.Money;
import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.ListProducts;
import postbus.contracts.catalog.Product;
import postbus.contracts.catalog.ProductList;

/** What there is to buy, at the catalog. */
final class ProductRoutes {
    private final Services services;

    ProductRoutes(Services services) {
        this.services = services;
    }

    Future<Answer> list(ValidRequest request) {
        var query = new ListProducts(request.number("limit"), request.textIfGiven("after"));
        return services.ask(query, ProductList.class, request.headers()).map(Answer::ok);
    }

    Future<Answer> define(ValidRequest request) {
        var price = request.body().getJsonObject("price");
        var command = new DefineProduct(
                request.text("sku"),
                request.body().getString("name"),
                new Money(price.getLong("amount"), price.getString("currency")));
        return services.ask(command, Product.class, request.headers()).map(Answer::ok);
    }
}
