package postbus.messaging;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event for the world outside: the structured mode of CloudEvents 1.0, with three extension attributes. The components
 * are the names on the wire.
 *
 * @param data the event's own JSON, taken over as it is
 * @param dataBase64 instead of it, where somebody wrote a body that is no JSON
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CloudEvent(
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
        @JsonRawValue @Nullable String data,
        @JsonProperty("data_base64") @Nullable String dataBase64) {
    public static final String MEDIA_TYPE = "application/cloudevents+json";

    public static CloudEvent of(Envelope event) {
        var isJson = MessageJson.isJson(event.data());
        return new CloudEvent(
                "1.0",
                event.id(),
                event.source(),
                event.type(),
                event.key(),
                event.time(),
                isJson ? "application/json" : "application/octet-stream",
                event.correlationId(),
                event.causationId(),
                event.traceparent(),
                isJson ? event.data().toString(StandardCharsets.UTF_8) : null,
                isJson ? null : Base64.getEncoder().encodeToString(event.data().getBytes()));
    }

    public Buffer toJson() {
        return MessageJson.write(this);
    }
}
