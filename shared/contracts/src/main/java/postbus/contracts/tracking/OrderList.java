package postbus.contracts.tracking;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.ordering.OrderView;

/**
 * A page of orders.
 *
 * @param next what to ask for as {@code after} to get the next page; null on the last
 */
public record OrderList(List<OrderView> orders, @Nullable UUID next) {}
