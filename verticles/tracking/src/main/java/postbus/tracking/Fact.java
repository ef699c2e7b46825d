package postbus.tracking;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event that was about an order.
 *
 * @param messageId of the event
 * @param type of the event, {@code ordering.order-placed.v1} for instance
 * @param at when it happened, by the clock of the service that said so
 * @param reason why the order was cancelled; null for all other types
 */
record Fact(
        UUID messageId, String type, Instant at, @Nullable String reason) {}
