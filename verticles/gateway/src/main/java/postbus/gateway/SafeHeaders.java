package postbus.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/**
 * Tells browsers, with every answer, to make as little of it as possible: no script, no frame, no guess of its type, no
 * use by other sites. Pages say what they need instead.
 */
final class SafeHeaders implements PlatformHandler {
    private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence NOTHING =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'");
    private static final CharSequence TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence REFERRER = HttpHeaders.createOptimized("Referrer-Policy");
    private static final CharSequence NO_REFERRER = HttpHeaders.createOptimized("no-referrer");
    private static final CharSequence OPENER = HttpHeaders.createOptimized("Cross-Origin-Opener-Policy");
    private static final CharSequence RESOURCE = HttpHeaders.createOptimized("Cross-Origin-Resource-Policy");
    private static final CharSequence SAME_ORIGIN = HttpHeaders.createOptimized("same-origin");
    private static final CharSequence TRANSPORT = HttpHeaders.createOptimized("Strict-Transport-Security");
    /** A year, in seconds. */
    private static final CharSequence TLS_ONLY = HttpHeaders.createOptimized("max-age=31536000");

    private final boolean isTls;

    /** @param isTls whether nobody need ever come without TLS */
    SafeHeaders(boolean isTls) {
        this.isTls = isTls;
    }

    @Override
    public void handle(RoutingContext http) {
        var response = http.response()
                .putHeader(POLICY, NOTHING)
                .putHeader(TYPE_OPTIONS, NO_SNIFF)
                .putHeader(REFERRER, NO_REFERRER)
                .putHeader(OPENER, SAME_ORIGIN)
                .putHeader(RESOURCE, SAME_ORIGIN);
        if (isTls) {
            response.putHeader(TRANSPORT, TLS_ONLY);
        }
        http.next();
    }
}
