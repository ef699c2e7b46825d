package postbus.contracts.ordering;

import java.util.UUID;

/**
 * An order is placed, or its cancellation is under way.
 *
 * @param status as in {@link OrderView}
 */
public record OrderAccepted(UUID orderId, String status) {}
