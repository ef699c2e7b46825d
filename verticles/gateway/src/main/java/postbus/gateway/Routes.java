package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import postbus.gateway.access.Caller;
import postbus.gateway.access.Rule;
import postbus.messaging.Problem;
import postbus.messaging.trace.Tracing;

/**
 * Who answers which operation of the contract; on the event loop. Every operation has exactly one answerer, and nothing
 * else is reachable but pages for people: what the contract does not name is 404, or 405 when the path is there.
 */
final class Routes {
    /** Where a request's operation is kept while it is handled. */
    static final String OPERATION = "operation";

    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    /** What an operation does with a request that is as the contract says. May throw what it fails with. */
    interface Endpoint {
        Future<Answer> answer(ValidRequest request);
    }

    /** What an operation does whose answer goes on and on. */
    interface Streaming {
        /**
         * What is to be sent to a client whose request is as the contract says. Fails, or throws, as long as it can be
         * told that something is wrong with it.
         */
        Future<Consumer<EventStream>> begin(ValidRequest request);
    }

    private final Contract contract;
    private final Admission admission;
    private final EventStreams streams;
    private final RouterBuilder builder;
    private final Tracing tracing;
    private final Set<String> open;
    private final List<Consumer<Router>> pages = new ArrayList<>();

    /** @param before what has to do with every request, whatever it asks for */
    Routes(Vertx vertx, Contract contract, Admission admission, EventStreams streams, List<PlatformHandler> before) {
        this.contract = contract;
        this.admission = admission;
        this.streams = streams;
        this.tracing = Tracing.of(vertx, GatewayMain.NAME);
        this.builder = RouterBuilder.create(vertx, contract.model());
        this.open = contract.model().operations().stream()
                .map(operation -> operation.getOperationId())
                .collect(Collectors.toCollection(HashSet::new));
        builder.rootHandler((PlatformHandler) Routes::begin);
        before.forEach(builder::rootHandler);
        builder.rootHandler(new UnreadBody());
    }

    Routes on(String operationId, Endpoint endpoint) {
        return handle(
                operationId,
                (http, request) -> request.compose(endpoint::answer)
                        .onSuccess(answer -> end(http, answer))
                        .onFailure(http::fail));
    }

    /** The same for an answer of server-sent events. */
    Routes streaming(String operationId, Streaming streaming) {
        return handle(
                operationId,
                (http, request) -> request.compose(valid -> {
                            streams.requireRoom();
                            return streaming.begin(valid).map(source -> {
                                if (!http.response().closed()) {
                                    source.accept(streams.open(http.response(), valid.caller()));
                                }
                                return source;
                            });
                        })
                        .onFailure(http::fail));
    }

    private Routes handle(String operationId, BiConsumer<RoutingContext, Future<ValidRequest>> handler) {
        var route = take(operationId);
        var operation = route.getOperation();
        var reader = new RequestReader(contract.model(), operation);
        guard(route, (http, caller) -> handler.accept(http, reader.read(http, caller)));
        return this;
    }

    /** Before anything else of a request is looked at, it is asked who may use the operation. */
    private void guard(OpenAPIRoute route, BiConsumer<RoutingContext, Caller> handler) {
        var operation = route.getOperation();
        var rule = Rule.of(operation);
        route.addHandler(http -> {
            http.put(OPERATION, operation);
            RequestSpan.begin(http, operation, tracing);
            var admitted = admission.admit(http, rule);
            if (admitted.isComplete()) {
                handle(http, admitted, handler);
            } else {
                http.request().pause(); // what comes of the body meanwhile is kept
                admitted.onComplete(done -> {
                    handle(http, admitted, handler);
                    http.request().resume();
                });
            }
        });
    }

    private static void handle(
            RoutingContext http, Future<Caller> admitted, BiConsumer<RoutingContext, Caller> handler) {
        if (admitted.failed()) {
            http.fail(admitted.cause());
        } else if (!http.response().closed()) {
            handler.accept(http, admitted.result());
        }
    }

    /** For people and not in the contract. What they leave unanswered is nowhere. */
    Routes pages(Consumer<Router> pages) {
        this.pages.add(pages);
        return this;
    }

    /** The router over everything; {@code ops} answers the operations that nobody else took. */
    Router with(Router ops, String... operationIds) {
        Stream.of(operationIds).forEach(operationId -> guard(take(operationId), (http, caller) -> http.next()));
        if (!open.isEmpty()) {
            throw new IllegalStateException("operations that nobody answers: " + open);
        }
        var router = builder.createRouter();
        pages.forEach(page -> page.accept(router));
        router.route("/*").subRouter(ops);
        router.route().handler(this::refuse).failureHandler(Problems::handle);
        // What fails while a route is looked for does not get there
        router.errorHandler(Problem.MALFORMED.status(), Problems::handleMalformed);
        router.errorHandler(Problem.INTERNAL.status(), Problems::handle);
        return router;
    }

    private OpenAPIRoute take(String operationId) {
        var route = builder.getRoute(operationId);
        if (route == null || !open.remove(operationId)) {
            throw new IllegalArgumentException("not an operation of the contract, or taken twice: " + operationId);
        }
        return route.setDoValidation(false).setDoSecurity(false); // see RequestReader and Admission
    }

    private static void begin(RoutingContext http) {
        Correlation.id(http);
        http.next();
    }

    private static void end(RoutingContext http, Answer answer) {
        if (http.response().closed()) {
            return; // the client did not wait
        }
        var response = http.response()
                .setStatusCode(answer.status())
                .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
                .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
        if (answer.location() != null) {
            response.putHeader(HttpHeaders.LOCATION, answer.location());
        }
        response.end(answer.body());
    }

    /** What no operation took. */
    private void refuse(RoutingContext http) {
        var path = http.normalizedPath();
        var methods =
                contract.methods(path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
        if (methods.isEmpty()) {
            throw new WrongRequest(Problem.NOT_FOUND, "nothing is at " + path);
        }
        var method = http.request().method();
        http.response().putHeader(HttpHeaders.ALLOW, allowed(methods));
        if (method.equals(HttpMethod.OPTIONS)) {
            http.response().setStatusCode(204).end();
            return;
        }
        throw new WrongRequest(
                Problem.METHOD_NOT_ALLOWED, path + " takes " + String.join(", ", methods) + ", not " + method);
    }

    private static String allowed(List<String> methods) {
        return String.join(", ", methods) + ", " + HttpMethod.OPTIONS;
    }
}
