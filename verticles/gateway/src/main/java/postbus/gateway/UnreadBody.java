package postbus.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;

/**
 * Keeps a connection in order when a request is answered before all of its body came: the rest is thrown away, so that
 * the client reads the answer and can go on using the connection; one that goes on and on is cut off. A client that
 * waits to be told to go on may send its body or not, which cannot be told apart: there the connection ends.
 */
final class UnreadBody implements PlatformHandler {
    /** 1 MiB. */
    static final int THROWN_AWAY_BYTES_MAX = 1 << 20;

    @Override
    public void handle(RoutingContext http) {
        var request = http.request();
        http.addHeadersEndHandler(soon -> {
            if (!request.isEnded() && isAsking(request)) {
                CutOff.announce(request);
            }
        });
        http.addEndHandler(answered -> {
            if (!request.isEnded()) {
                throwAway(request);
            }
        });
        http.next();
    }

    private static void throwAway(HttpServerRequest request) {
        if (isAsking(request)) {
            CutOff.now(request);
            return;
        }
        var bytes = new int[1];
        request.handler(chunk -> {
            bytes[0] += chunk.length();
            if (bytes[0] > THROWN_AWAY_BYTES_MAX) {
                CutOff.now(request);
            }
        });
    }

    private static boolean isAsking(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.EXPECT);
    }
}
