package postbus.gateway;

import io.vertx.core.Future;
import postbus.contracts.inventory.GetStock;
import postbus.contracts.inventory.ReceiveStock;
import postbus.contracts.inventory.StockLevel;

/** What is on the shelf, at the inventory. */
final class StockRoutes {
    private final Services services;

    StockRoutes(Services services) {
        this.services = services;
    }

    Future<Answer> get(ValidRequest request) {
        return services.ask(new GetStock(request.text("sku")), StockLevel.class, request.headers())
                .map(Answer::ok);
    }

    Future<Answer> receive(ValidRequest request) {
        var command = new ReceiveStock(request.text("sku"), request.body().getInteger("quantity"));
        return services.ask(command, StockLevel.class, request.headers()).map(Answer::created);
    }
}
