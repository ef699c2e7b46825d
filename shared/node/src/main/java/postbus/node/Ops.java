package postbus.node;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Health and metrics of a node over HTTP. Live is 200 as long as anything answers; started once the start is done; ready
 * only while every check passes, else it is 503, and names what is wrong:
 * {@code {"status":"down","checks":{"database":"…"}}}.
 */
final class Ops {
    private final Vertx vertx;
    private final Health health;
    private final BooleanSupplier isStarted;
    private final Supplier<String> metrics;

    /** @param metrics in the format of Prometheus */
    Ops(Vertx vertx, Health health, BooleanSupplier isStarted, Supplier<String> metrics) {
        this.vertx = vertx;
        this.health = health;
        this.isStarted = isStarted;
        this.metrics = metrics;
    }

    Router routes() {
        var router = Router.router(vertx);
        router.route(HttpMethod.GET, "/health/live").handler(request -> json(request, true, status(true)));
        router.route(HttpMethod.GET, "/health/started").handler(this::started);
        router.route(HttpMethod.GET, "/health/ready").handler(this::ready);
        router.route(HttpMethod.GET, "/metrics")
                .handler(request -> request.response()
                        .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(metrics.get()));
        return router;
    }

    private void started(RoutingContext request) {
        var is = isStarted.getAsBoolean();
        json(request, is, status(is));
    }

    private void ready(RoutingContext request) {
        health.check().onSuccess(result -> {
            var checks = new JsonObject();
            result.failures().forEach((name, failure) -> checks.put(name, failure == null ? "up" : "down: " + failure));
            json(request, result.isReady(), status(result.isReady()).put("checks", checks));
        });
    }

    private static JsonObject status(boolean isUp) {
        return new JsonObject().put("status", isUp ? "up" : "down");
    }

    private static void json(RoutingContext request, boolean isUp, JsonObject body) {
        request.response()
                .setStatusCode(isUp ? 200 : 503)
                .putHeader("content-type", "application/json")
                .putHeader("cache-control", "no-store")
                .end(body.toBuffer());
    }
}
