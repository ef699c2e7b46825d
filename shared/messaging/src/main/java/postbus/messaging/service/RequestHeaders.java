package postbus.messaging.service;

import io.vertx.core.MultiMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.Ids;

/**
 * What goes along with a request.
 *
 * @param correlationId ties together everything the request sets off
 * @param idempotencyKey under it the command is done once; null to do it each time it is asked for
 * @param traceparent W3C trace context
 */
public record RequestHeaders(
        UUID correlationId,
        @Nullable String idempotencyKey,
        @Nullable String traceparent) {
    private static final String CORRELATION_ID = "correlation-id";
    private static final String IDEMPOTENCY_KEY = "idempotency-key";
    private static final String TRACEPARENT = "traceparent";
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

    /** A new correlation, no key, no trace. */
    public static RequestHeaders fresh() {
        return new RequestHeaders(Ids.next(), null, null);
    }

    public RequestHeaders withIdempotencyKey(@Nullable String key) {
        return new RequestHeaders(correlationId, key, traceparent);
    }

    RequestHeaders withTraceparent(String traceparent) {
        return new RequestHeaders(correlationId, idempotencyKey, traceparent);
    }

    /** Throws when one of them is what nobody sends. */
    static RequestHeaders of(MultiMap headers) {
        var correlation = headers.get(CORRELATION_ID);
        return new RequestHeaders(
                correlation == null ? Ids.next() : UUID.fromString(correlation),
                visible(IDEMPOTENCY_KEY, headers),
                visible(TRACEPARENT, headers));
    }

    private static @Nullable String visible(String name, MultiMap headers) {
        var text = headers.get(name);
        if (text != null && !VISIBLE.matcher(text).matches()) {
            throw new IllegalArgumentException(name + " is not 1 to 255 visible ASCII characters");
        }
        return text;
    }

    void addTo(MultiMap headers) {
        headers.add(CORRELATION_ID, correlationId.toString());
        if (idempotencyKey != null) {
            headers.add(IDEMPOTENCY_KEY, idempotencyKey);
        }
        if (traceparent != null) {
            headers.add(TRACEPARENT, traceparent);
        }
    }
}
