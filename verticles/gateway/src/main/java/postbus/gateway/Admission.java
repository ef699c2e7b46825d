package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import postbus.gateway.access.Access;
import postbus.gateway.access.Caller;
import postbus.gateway.access.Rule;

/** Whether a request is let in: what every operation asks before it looks at anything else. Event loop. */
final class Admission {
    private final Access access;

    Admission(Access access) {
        this.access = access;
    }

    /** Who asks, if they may; else fails with a {@link postbus.gateway.access.Denial}. Open operations ask nobody. */
    Future<Caller> admit(RoutingContext http, Rule rule) {
        if (rule.isOpen()) {
            return Future.succeededFuture(Caller.ANYONE);
        }
        return access.caller(http.request().headers().getAll(HttpHeaders.AUTHORIZATION))
                .map(caller -> {
                    rule.require(caller);
                    return caller;
                });
    }
}
