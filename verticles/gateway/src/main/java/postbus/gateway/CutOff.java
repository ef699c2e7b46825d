package postbus.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Ends what carries a request: with HTTP/1 the connection, since where the next request begins is unknown; with HTTP/2
 * only its stream, beside which others go on.
 */
final class CutOff {
    private CutOff() {}

    /** At once. */
    static void now(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }

    /** Says in the answer, whose headers are still to be sent, that the connection ends with it. HTTP/2 has no such word. */
    static void announce(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }
}
