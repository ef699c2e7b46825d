package postbus.contracts.tracking;

import java.util.UUID;
import postbus.contracts.ordering.OrderView;
import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** One order. Answered with {@link OrderView}; refused when tracking has not heard of it (yet). */
@Reply(OrderView.class)
@Type("tracking.track-order.v1")
public record TrackOrder(UUID orderId) implements Query {}
