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
import postbus.gateway.access.Denial;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/** Orders: placed and cancelled at ordering, looked at in tracking. */
final class OrderRoutes {
    private final Services services;

    OrderRoutes(Services services) {
        this.services = services;
    }

    Future<Answer> place(ValidRequest request) {
        var body = request.body();
        var customerId = customerId(
                request, body.getString("customerId", request.caller().subject()));
        var lines = body.getJsonArray("lines").stream()
                .map(JsonObject.class::cast)
                .map(line -> new Line(line.getString("sku"), line.getInteger("quantity")))
                .toList();
        var command = new PlaceOrder(customerId, lines, body.getString("paymentToken"));
        return services.ask(command, OrderAccepted.class, request.headers())
                .map(order -> Answer.accepted(order).at("/orders/" + order.orderId()));
    }

    /**
     * Tracking hears of an order a moment after it was placed, and may be away; ordering knows it at once. So whoever
     * was told that an order is placed finds it, if it is theirs.
     */
    Future<Answer> get(ValidRequest request) {
        return find(request).map(Answer::ok);
    }

    private Future<OrderView> find(ValidRequest request) {
        var orderId = request.uuid("orderId");
        var deadline = services.deadline();
        return services.askOnce(new TrackOrder(orderId), OrderView.class, request.headers(), deadline.half())
                .recover(untold -> services.ask(new GetOrder(orderId), OrderView.class, request.headers(), deadline))
                .map(order -> {
                    if (!request.caller().actsFor(order.customerId())) {
                        throw new Refusal(Problem.NOT_FOUND, "no order " + orderId, "/orderId"); // as if it were none
                    }
                    return order;
                });
    }

    /** Customers act for themselves. */
    private static String customerId(ValidRequest request, String customerId) {
        if (!request.caller().actsFor(customerId)) {
            throw Denial.notYours("customerId must be " + request.caller().subject() + ", who asks, is " + customerId);
        }
        return customerId;
    }

    Future<Answer> list(ValidRequest request) {
        var asked = request.textIfGiven("customerId");
        var caller = request.caller();
        var customerId = asked == null ? (caller.seesAll() ? null : caller.subject()) : customerId(request, asked);
        var query = new ListOrders(customerId, request.number("limit"), request.uuidIfGiven("after"));
        return services.ask(query, OrderList.class, request.headers()).map(Answer::ok);
    }

    Future<Answer> cancel(ValidRequest request) {
        var command = new CancelOrder(request.uuid("orderId"));
        Future<?> found = request.caller().seesAll() ? Future.succeededFuture() : find(request);
        return found.compose(own -> services.ask(command, OrderAccepted.class, request.headers()))
                .map(Answer::accepted);
    }
}
