package postbus.messaging;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is stored and travels: the attributes of CloudEvents 1.0 plus what ties messages together.
 *
 * @param id unique for ever; for effects outside a subscriber's database it is the idempotency key
 * @param source the service that wrote it
 * @param type {@code service.name.vN}, see {@link MessageType}
 * @param key what order is kept for (CloudEvents {@code subject}); what is published has 1 to 255 characters, not all blank
 * @param time when it was written, by the clock of the writer
 * @param recipient the one service a command is for; null for an event
 * @param correlationId the same for everything one request from outside set off
 * @param causationId the message that was handled when this one was written; null when a request caused it
 * @param traceparent W3C trace context, when there is a trace
 * @param data the message as JSON in UTF-8; not to be changed
 */
public record Envelope(
        UUID id,
        String source,
        String type,
        String key,
        Instant time,
        @Nullable String recipient,
        UUID correlationId,
        @Nullable UUID causationId,
        @Nullable String traceparent,
        Buffer data) {

    /** Longest key, in characters. */
    public static final int KEY_LENGTH_MAX = 255;

    /** The same at another place of the trace. */
    public Envelope tracedBy(@Nullable String traceparent) {
        return new Envelope(id, source, type, key, time, recipient, correlationId, causationId, traceparent, data);
    }

    /** Whether it is for one receiver only. */
    public boolean isCommand() {
        return recipient != null;
    }
}
