package postbus.messaging.search;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of messages; null where it does not matter.
 *
 * @param type with its version
 * @param since written then or later, by the writer's clock
 * @param until written then or earlier
 */
public record MessageFilter(
        @Nullable UUID id,
        @Nullable String key,
        @Nullable UUID correlationId,
        @Nullable String type,
        @Nullable Instant since,
        @Nullable Instant until) {

    /** All messages. */
    public static final MessageFilter ALL = new MessageFilter(null, null, null, null, null, null);

    /** The message with this id. */
    public static MessageFilter ofId(UUID id) {
        return new MessageFilter(id, null, null, null, null, null);
    }

    /** Everything that one request set off. */
    public static MessageFilter ofCorrelation(UUID correlationId) {
        return new MessageFilter(null, null, correlationId, null, null, null);
    }

    /** Everything about this. */
    public static MessageFilter ofKey(String key) {
        return new MessageFilter(null, key, null, null, null, null);
    }
}
