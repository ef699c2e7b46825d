package postbus.gateway;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.Operation;
import org.jspecify.annotations.Nullable;
import postbus.messaging.trace.Tracing;

/** The span of a request, named by OpenTelemetry's conventions for HTTP servers. It ends when the answer is sent. */
final class RequestSpan {
    private static final String TRACEPARENT = "traced";

    private static final int SERVER_ERRORS = 500;

    private RequestSpan() {}

    /** Goes on with the client's trace, or begins one. */
    static void begin(RoutingContext http, Operation operation, Tracing tracing) {
        if (!tracing.isOn()) {
            return;
        }
        var request = http.request();
        var route = operation.getOpenAPIPath();
        var span = tracing.span(request.method() + " " + route, SpanKind.SERVER, Correlation.clientTrace(http))
                .setAttribute("http.request.method", request.method().name())
                .setAttribute("http.route", route)
                .setAttribute("url.path", http.normalizedPath())
                .setAttribute("url.scheme", String.valueOf(request.scheme()))
                .setAttribute("postbus.correlation_id", Correlation.id(http).toString())
                .startSpan();
        http.put(TRACEPARENT, Tracing.traceparent(span));
        http.addEndHandler(ended -> {
            int status = http.response().getStatusCode();
            if (ended.failed()) {
                span.setStatus(StatusCode.ERROR, "the client left");
            } else {
                span.setAttribute("http.response.status_code", (long) status);
                if (status >= SERVER_ERRORS) {
                    span.setAttribute("error.type", String.valueOf(status));
                    span.setStatus(StatusCode.ERROR);
                }
            }
            span.end();
        });
    }

    /** Where the request's trace goes on; null when it is not traced here. */
    static @Nullable String traceparent(RoutingContext http) {
        return http.get(TRACEPARENT);
    }
}
