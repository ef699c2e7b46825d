package postbus.messaging.service;

import io.vertx.core.MultiMap;
import java.util.UUID;
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

    static RequestHeaders of(MultiMap headers) {
        var correlation = headers.get(CORRELATION_ID);
        return new RequestHeaders(
                correlation == null ? Ids.next() : UUID.fromString(correlation),
                headers.get(IDEMPOTENCY_KEY),
                headers.get(TRACEPARENT));
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
