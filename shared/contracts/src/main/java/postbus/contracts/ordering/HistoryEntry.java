package postbus.contracts.ordering;

import java.time.Instant;

/**
 * Something that happened to an order.
 *
 * @param type of the event, {@code ordering.order-placed.v1} for instance
 */
public record HistoryEntry(String type, Instant at) {}
