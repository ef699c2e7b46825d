package postbus.notifications;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.MessageJson;

/**
 * An event in the structured mode of CloudEvents 1.0, with three extension attributes. The components are the names on
 * the wire.
 *
 * @param data the event's own JSON, taken over as it is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CloudEvent(
        String specversion,
        UUID id,
        String source,
        String type,
        String subject,
        Instant time,
        String datacontenttype,
        UUID correlationid,
        @Nullable UUID causationid,
        @Nullable String traceparent,
        @JsonRawValue String data) {
    static final String MEDIA_TYPE = "application/cloudevents+json";

    static CloudEvent of(Envelope event) {
        return new CloudEvent(
                "1.0",
                event.id(),
                event.source(),
                event.type(),
                event.key(),
                event.time(),
                "application/json",
                event.correlationId(),
                event.causationId(),
                event.traceparent(),
                event.data().toString(StandardCharsets.UTF_8));
    }

    Buffer toJson() {
        return MessageJson.write(this);
    }
}
