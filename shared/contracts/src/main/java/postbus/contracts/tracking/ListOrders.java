package postbus.contracts.tracking;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/**
 * Orders, newest first, at most {@code limit} (1 to 200), after the one with the id {@code after}. Answered with {@link OrderList}.
 *
 * @param customerId only those of this customer; null for all
 */
@Reply(OrderList.class)
@Type("tracking.list-orders.v1")
public record ListOrders(
        @Nullable String customerId, int limit, @Nullable UUID after) implements Query {}
