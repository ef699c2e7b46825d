package postbus.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.util.Set;

/**
 * Lets pages of these other origins use the API from a browser (WHATWG Fetch, section 3.2); with none, browsers let no page
 * but our own. Cookies are of no use here, so none are asked for. A request of any other origin is answered as ever, and
 * its browser keeps the answer to itself: the handler of vertx-web would refuse it, our own pages included.
 */
final class Cors implements PlatformHandler {
    private static final String METHODS = "GET, POST, PUT";
    private static final String TAKEN =
            "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Correlation-Id, traceparent";
    private static final String SHOWN =
            "Allow, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Correlation-Id";
    private static final String SECONDS_MAX = "600";

    private final Set<String> origins;

    /** @param origins each a scheme, a host and a port where it is not the scheme's own, as browsers write it */
    Cors(Set<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    @Override
    public void handle(RoutingContext http) {
        if (origins.isEmpty()) {
            http.next();
            return;
        }
        var request = http.request();
        var response = http.response().putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null || !origins.contains(origin)) {
            http.next();
            return;
        }
        response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        var isPreflight = request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        if (isPreflight) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, TAKEN)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, SECONDS_MAX)
                    .setStatusCode(204)
                    .end();
        } else {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, SHOWN);
            http.next();
        }
    }
}
