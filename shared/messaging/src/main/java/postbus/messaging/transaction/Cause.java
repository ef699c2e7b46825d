package postbus.messaging.transaction;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/**
 * Why a transaction happens; what it sends inherits these.
 *
 * @param correlationId the same for everything one request from outside set off
 * @param causationId the message being handled; null when a request or a timer is the cause
 * @param traceparent W3C trace context, when there is a trace
 */
public record Cause(
        UUID correlationId,
        @Nullable UUID causationId,
        @Nullable String traceparent) {
    /** Handling this message. */
    public static Cause of(Envelope message) {
        return new Cause(message.correlationId(), message.id(), message.traceparent());
    }

    /** The same at another place of the trace. */
    public Cause tracedBy(@Nullable String traceparent) {
        return new Cause(correlationId, causationId, traceparent);
    }

    /** Nothing but itself: a new correlation starts. */
    public static Cause none() {
        return new Cause(Ids.next(), null, null);
    }
}
