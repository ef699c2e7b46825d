package postbus.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.service.RequestHeaders;
import postbus.messaging.transaction.Ids;

/**
 * What ties a request to everything it sets off: the correlation id, which the client may choose and every response
 * names, and the trace the client is in. A value that is not well-formed is as good as none.
 */
final class Correlation {
    static final CharSequence HEADER = HttpHeaders.createOptimized("X-Correlation-Id");

    /** Where it is kept while the request is handled. */
    private static final String ID = "correlation-id";

    private static final String TRACEPARENT = "traceparent";

    static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** W3C Trace Context: version, trace id, parent id, flags; the ids are not zero and there is no version ff. */
    private static final Pattern TRACE =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private Correlation() {}

    /** The id of this request, from its first use on in its response too. */
    static UUID id(RoutingContext http) {
        UUID known = http.get(ID);
        if (known != null) {
            return known;
        }
        var chosen = http.request().getHeader(HEADER);
        var id = chosen != null && UUID_TEXT.matcher(chosen).matches() ? UUID.fromString(chosen) : Ids.next();
        http.put(ID, id);
        http.response().putHeader(HEADER, id.toString());
        return id;
    }

    /** What services are told. */
    static RequestHeaders headers(RoutingContext http, @Nullable String idempotencyKey) {
        var here = RequestSpan.traceparent(http);
        return new RequestHeaders(id(http), idempotencyKey, here == null ? clientTrace(http) : here);
    }

    /** The trace that the client is in, if it says so. */
    static @Nullable String clientTrace(RoutingContext http) {
        var traces = http.request().headers().getAll(TRACEPARENT);
        return traces.size() == 1 && TRACE.matcher(traces.get(0)).matches() ? traces.get(0) : null;
    }
}
