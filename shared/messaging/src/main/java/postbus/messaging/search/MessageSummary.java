package postbus.messaging.search;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message without its body.
 *
 * @param position its place in its source's ledger; null as long as it is not cut
 * @param time when it was written, by the clock of the writer
 * @param recipient the one service a command is for; null for an event
 * @param bytes of the body
 */
public record MessageSummary(
        UUID messageId,
        String source,
        @Nullable Long position,
        String type,
        String key,
        Instant time,
        @Nullable String recipient,
        UUID correlationId,
        @Nullable UUID causationId,
        int bytes) {

    /** Its place, or this where it has none. */
    public long positionOr(long other) {
        return position == null ? other : position;
    }
}
