package postbus.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import postbus.gateway.access.Access;
import postbus.gateway.access.Caller;
import postbus.gateway.access.Denial;
import postbus.gateway.access.Rule;
import postbus.messaging.Problem;

/**
 * Whether a request is let in: what every operation asks before it looks at anything else. First it is known who asks,
 * then whether they ask too often, then whether they may. Event loop.
 */
final class Admission {
    private final Access access;
    private final Clients clients;
    private final QuotaSettings quota;
    private final @Nullable Quotas quotas;

    Admission(Access access, QuotaSettings quota) {
        this.access = access;
        this.quota = quota;
        this.clients = new Clients(quota.trustedProxies());
        this.quotas = quota.requests() == 0 ? null : new Quotas(quota.requests(), quota.window(), System::nanoTime);
    }

    /** Who asks, if they may; else fails. Open operations ask nobody, and nobody too often. */
    Future<Caller> admit(RoutingContext http, Rule rule) {
        if (rule.isOpen()) {
            return Future.succeededFuture(Caller.ANYONE);
        }
        return access.caller(http.request().headers().getAll(HttpHeaders.AUTHORIZATION))
                .transform(asked -> {
                    if (asked.succeeded()) {
                        var caller = asked.result();
                        if (caller.hasToken()) { // all others are the one demo user, who has no limit
                            count(http, "sub " + caller.subject());
                        }
                        rule.require(caller);
                    } else if (asked.cause() instanceof Denial) {
                        count(http, "address " + clients.addressOf(http.request()));
                    }
                    return asked.succeeded()
                            ? Future.succeededFuture(asked.result())
                            : Future.failedFuture(asked.cause());
                });
    }

    /** Counts the request, and says in the answer how the client stands (draft-ietf-httpapi-ratelimit-headers-10). */
    private void count(RoutingContext http, String client) {
        if (quotas == null) {
            return;
        }
        var standing = quotas.take(client);
        var response = http.response();
        response.putHeader(
                        "RateLimit-Policy",
                        "\"client\";q=" + quota.requests() + ";w="
                                + quota.window().toSeconds())
                .putHeader("RateLimit", "\"client\";r=" + standing.left() + ";t=" + standing.fullAfter());
        if (!standing.isLetIn()) {
            response.putHeader(HttpHeaderNames.RETRY_AFTER, String.valueOf(standing.nextAfter()));
            throw new WrongRequest(
                    Problem.TOO_MANY_REQUESTS, quota.requests() + " requests in " + quota.window() + " is the limit");
        }
    }
}
