package postbus.contracts.tracking;

import java.util.UUID;
import postbus.messaging.Query;
import postbus.messaging.Type;

/** One order. Answered with {@link postbus.contracts.ordering.OrderView}; refused when tracking has not heard of it (yet). */
@Type("tracking.track-order.v1")
public record TrackOrder(UUID orderId) implements Query {}
