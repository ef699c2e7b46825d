package postbus.messaging.wire;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Batch}.
 *
 * @param cursor how far the subscription has applied this lane, durable; where the relay goes on; negative when the
 *     answer could not be read
 * @param failure why it did not reach the end of the batch; null when no handler failed
 */
public record Ack(long cursor, @Nullable String failure) {}
