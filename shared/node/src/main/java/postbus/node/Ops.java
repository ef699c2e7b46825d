package postbus.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Health and metrics of a node over HTTP. Ready is 200 only while every check passes, else 503, and names what is
 * wrong: {@code {"status":"down","checks":{"database":"…"}}}.
 */
final class Ops {
    private static final int CHECK_TIMEOUT_MS = 2_000;

    private final Vertx vertx;
    private final Supplier<String> metrics;
    private final Map<String, Supplier<Future<?>>> checks = new LinkedHashMap<>();

    /** @param metrics in the format of Prometheus */
    Ops(Vertx vertx, Supplier<String> metrics) {
        this.vertx = vertx;
        this.metrics = metrics;
    }

    /** Adds something that must succeed for the node to be ready. Before {@link #routes}. */
    void check(String name, Supplier<Future<?>> check) {
        checks.put(name, check);
    }

    Router routes() {
        var router = Router.router(vertx);
        router.route(HttpMethod.GET, "/health/live").handler(request -> json(request, 200, status("up")));
        router.route(HttpMethod.GET, "/health/ready").handler(this::ready);
        router.route(HttpMethod.GET, "/metrics")
                .handler(request -> request.response()
                        .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(metrics.get()));
        return router;
    }

    private void ready(RoutingContext request) {
        var outcomes = new LinkedHashMap<String, Future<?>>();
        checks.forEach(
                (name, check) -> outcomes.put(name, check.get().timeout(CHECK_TIMEOUT_MS, TimeUnit.MILLISECONDS)));
        Future.join(outcomes.values().stream().toList()).onComplete(all -> {
            var results = new JsonObject();
            outcomes.forEach((name, outcome) -> results.put(
                    name,
                    outcome.succeeded() ? "up" : "down: " + outcome.cause().getMessage()));
            var isReady = outcomes.values().stream().allMatch(Future::succeeded);
            json(request, isReady ? 200 : 503, status(isReady ? "up" : "down").put("checks", results));
        });
    }

    private static JsonObject status(String status) {
        return new JsonObject().put("status", status);
    }

    private static void json(RoutingContext request, int status, JsonObject body) {
        request.response()
                .setStatusCode(status)
                .putHeader("content-type", "application/json")
                .putHeader("cache-control", "no-store")
                .end(body.toBuffer());
    }
}
