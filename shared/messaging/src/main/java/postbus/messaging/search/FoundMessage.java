package postbus.messaging.search;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * A whole message.
 *
 * @param traceparent W3C trace context, when there was a trace
 * @param data the body as text: JSON, unless somebody wrote something else
 */
public record FoundMessage(
        @JsonUnwrapped MessageSummary summary, @Nullable String traceparent, String data) {}
