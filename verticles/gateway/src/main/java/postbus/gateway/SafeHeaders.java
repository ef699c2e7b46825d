package postbus.gateway;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/**
 * Tells browsers, with every answer, to make as little of it as possible: no script, no frame, no guess of its type, no
 * use by other sites. Pages say what they need instead.
 */
final class SafeHeaders implements PlatformHandler {
    private static final String POLICY = "default-src 'none'; frame-ancestors 'none'";
    /** A year, in seconds. */
    private static final String TLS_ONLY = "max-age=31536000";

    private final boolean isTls;

    /** @param isTls whether nobody need ever come without TLS */
    SafeHeaders(boolean isTls) {
        this.isTls = isTls;
    }

    @Override
    public void handle(RoutingContext http) {
        var response = http.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin");
        if (isTls) {
            response.putHeader("Strict-Transport-Security", TLS_ONLY);
        }
        http.next();
    }
}
