package postbus.gateway;

import io.vertx.core.Future;
import java.util.Set;
import java.util.function.Consumer;

/** Events as they happen, for browsers and others outside. */
final class EventRoutes {
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final LiveEvents events;
    private final OrderRoutes orders;

    EventRoutes(LiveEvents events, OrderRoutes orders) {
        this.events = events;
        this.orders = orders;
    }

    Future<Consumer<EventStream>> all(ValidRequest request) {
        var places = places(request);
        var sources = Set.copyOf(request.texts("source"));
        var types = Set.copyOf(request.texts("type"));
        return Future.succeededFuture(stream -> events.follow(stream, sources, types, places));
    }

    Future<Consumer<EventStream>> ofOrder(ValidRequest request) {
        var places = places(request);
        var orderId = request.uuid("orderId");
        return orders.get(request).map(found -> stream -> events.follow(stream, orderId, places, request.headers()));
    }

    /** The header that a client sends when it comes again, else the parameter for one that cannot send headers. */
    private static Places places(ValidRequest request) {
        var header = request.textIfGiven(LAST_EVENT_ID);
        return header == null
                ? Places.parse(request.textIfGiven("lastEventId"), "/lastEventId")
                : Places.parse(header, "/" + LAST_EVENT_ID);
    }
}
