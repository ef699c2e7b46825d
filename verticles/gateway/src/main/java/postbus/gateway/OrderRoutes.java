package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import postbus.contracts.ordering.CancelOrder;
import postbus.contracts.ordering.GetOrder;
import postbus.contracts.ordering.Line;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.tracking.ListOrders;
import postbus.contracts.tracking.OrderList;
import postbus.contracts.tracking.TrackOrder;

/** Orders: placed and cancelled at ordering, looked at in tracking. */
final class OrderRoutes {
    private final Services services;

    OrderRoutes(Services services) {
        this.services = services;
    }

    Future<Answer> place(ValidRequest request) {
        var body = request.body();
        var lines = body.getJsonArray("lines").stream()
                .map(JsonObject.class::cast)
                .map(line -> new Line(line.getString("sku"), line.getInteger("quantity")))
                .toList();
        var command = new PlaceOrder(body.getString("customerId"), lines, body.getString("paymentToken"));
        return services.ask(command, OrderAccepted.class, request.headers())
                .map(order -> Answer.accepted(order).at("/orders/" + order.orderId()));
    }

    /**
     * Tracking hears of an order a moment after it was placed, and may be away; ordering knows it at once. So whoever
     * was told that an order is placed finds it.
     */
    Future<Answer> get(ValidRequest request) {
        var orderId = request.uuid("orderId");
        var deadline = services.deadline();
        return services.askOnce(new TrackOrder(orderId), OrderView.class, request.headers(), deadline.half())
                .recover(untold -> services.ask(new GetOrder(orderId), OrderView.class, request.headers(), deadline))
                .map(Answer::ok);
    }

    Future<Answer> list(ValidRequest request) {
        var query = new ListOrders(
                request.textIfGiven("customerId"), request.number("limit"), request.uuidIfGiven("after"));
        return services.ask(query, OrderList.class, request.headers()).map(Answer::ok);
    }

    Future<Answer> cancel(ValidRequest request) {
        var command = new CancelOrder(request.uuid("orderId"));
        return services.ask(command, OrderAccepted.class, request.headers()).map(Answer::accepted);
    }
}
