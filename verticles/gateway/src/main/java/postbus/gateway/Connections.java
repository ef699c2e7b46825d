package postbus.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps clients from holding what others need: how many connections there are, and how long one may take to send a
 * request. A byte every now and then keeps no connection open (slowloris): what counts is that a request's headers, and
 * then its body, are there. They are looked through once a second. When the gateway ends, each answer says that its
 * connection does. Event loop.
 */
final class Connections implements PlatformHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final class Connection {
        private int inHand;
        private long since;
        private boolean hasAsked;

        Connection(long since) {
            this.since = since;
        }
    }

    private record Body(RoutingContext http, long since) {}

    private final int countMax;
    private final Duration readMax;
    private final Duration idleMax;
    private final BooleanSupplier isEnding;
    private final LongSupplier nanos;
    private final Map<HttpConnection, Connection> open = new HashMap<>();
    private final Set<Body> bodies = new HashSet<>();
    private boolean isFull;

    /**
     * @param countMax one more is closed
     * @param readMax how long the headers of the first request, and the body of any, may take
     * @param idleMax how long the headers of another request may take after the last answer
     * @param isEnding whether clients had better ask another gateway from now on
     * @param nanos a clock that only goes forward
     */
    Connections(int countMax, Duration readMax, Duration idleMax, BooleanSupplier isEnding, LongSupplier nanos) {
        this.countMax = countMax;
        this.readMax = readMax;
        this.idleMax = idleMax;
        this.isEnding = isEnding;
        this.nanos = nanos;
    }

    /** Looks through them from now on. */
    void start(Vertx vertx) {
        vertx.setPeriodic(LOOK_EVERY.toMillis(), tick -> look());
    }

    /** There is a new one. */
    void accept(HttpConnection connection) {
        if (open.size() >= countMax) {
            if (!isFull) {
                isFull = true;
                LOG.warn("connections.full count={}, more are closed", countMax);
            }
            connection.close();
            return;
        }
        open.put(connection, new Connection(nanos.getAsLong()));
        connection.closeHandler(closed -> {
            open.remove(connection);
            isFull = false;
        });
    }

    /** The headers of a request are there. */
    @Override
    public void handle(RoutingContext http) {
        var connection = open.get(http.request().connection());
        if (connection != null) {
            connection.hasAsked = true;
            connection.inHand++;
            http.addEndHandler(answered -> {
                connection.inHand--;
                connection.since = nanos.getAsLong();
            });
        }
        // Not by the response's own handler: there is one, and the context's first replaces it
        http.addHeadersEndHandler(head -> {
            if (isEnding.getAsBoolean()) {
                CutOff.announce(http.request());
            }
        });
        if (mayHaveBody(http.request())) {
            bodies.add(new Body(http, nanos.getAsLong()));
        }
        http.next();
    }

    private static boolean mayHaveBody(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2
                ? !request.isEnded()
                : request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    }

    private void look() {
        long now = nanos.getAsLong();
        bodies.removeIf(body ->
                body.http().request().isEnded() || body.http().response().closed());
        for (var body : List.copyOf(bodies)) {
            if (now - body.since() > readMax.toNanos()) {
                bodies.remove(body);
                Problems.handleLate(body.http(), readMax);
            }
        }
        for (var each : List.copyOf(open.entrySet())) {
            var connection = each.getValue();
            var max = connection.hasAsked ? idleMax : readMax;
            if (connection.inHand == 0 && now - connection.since > max.toNanos()) {
                each.getKey().close();
            }
        }
    }
}
