package postbus.messaging.search;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/**
 * A whole message.
 *
 * @param traceparent W3C trace context, when there was a trace
 * @param data the body as text: JSON, unless somebody wrote something else
 */
public record FoundMessage(
        @JsonUnwrapped MessageSummary summary, @Nullable String traceparent, String data) {

    /** As it travels. */
    public Envelope envelope() {
        return new Envelope(
                summary.messageId(),
                summary.source(),
                summary.type(),
                summary.key(),
                summary.time(),
                summary.recipient(),
                summary.correlationId(),
                summary.causationId(),
                traceparent,
                Buffer.buffer(data));
    }
}
