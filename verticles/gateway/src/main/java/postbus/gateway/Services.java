package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import postbus.messaging.Command;
import postbus.messaging.Query;
import postbus.messaging.Refusal;
import postbus.messaging.Shards;
import postbus.messaging.service.OperatorRequest;
import postbus.messaging.service.RequestHeaders;
import postbus.messaging.service.ServiceClient;
import postbus.messaging.trace.Tracing;
import postbus.messaging.transaction.Ids;

/**
 * Asks services on behalf of one client's request, on the event loop, within the request timeout in all. A service that
 * is about to come, after a start or a restart, is waited for.
 *
 * <p>A command whose client gave no idempotency key goes under one of its own, so that it too can be sent again when the
 * instance that was to do it is lost, and is still done once.
 *
 * <p>Every future fails with a {@link Refusal}.
 */
final class Services {
    private final Duration timeout;
    private final ServiceClient client;

    Services(Vertx vertx, Duration timeout) {
        this(vertx, timeout, Shards.NONE);
    }

    /** @param shards which services are split */
    Services(Vertx vertx, Duration timeout, Shards shards) {
        this.timeout = timeout;
        this.client = new ServiceClient(vertx, timeout, Tracing.of(vertx, GatewayMain.NAME), shards);
    }

    /** Until when a request that came now is to be answered. */
    Deadline deadline() {
        return Deadline.after(timeout);
    }

    <R> Future<R> ask(Query query, Class<R> reply, RequestHeaders headers) {
        return client.ask(query, reply, headers);
    }

    <R> Future<R> ask(Query query, Class<R> reply, RequestHeaders headers, Deadline deadline) {
        return client.within(deadline.left()).ask(query, reply, headers);
    }

    /** For a question that somebody else can answer too. */
    <R> Future<R> askOnce(Query query, Class<R> reply, RequestHeaders headers, Deadline deadline) {
        return client.within(deadline.left()).askOnce(query, reply, headers);
    }

    <R> Future<R> ask(Command command, Class<R> reply, RequestHeaders headers) {
        var keyed = headers.idempotencyKey() == null ? headers.withIdempotencyKey("request:" + Ids.next()) : headers;
        return client.ask(command, reply, keyed);
    }

    /** For what operators ask, or wish, that has the same effect twice as once. */
    <R> Future<R> ask(String service, OperatorRequest request, Class<R> reply, RequestHeaders headers) {
        return client.ask(service, request, reply, headers);
    }

    /** For a decision of an operator which the second time is another one; or when others are asked as well. */
    <R> Future<R> askOnce(
            String service, OperatorRequest request, Class<R> reply, RequestHeaders headers, Deadline deadline) {
        return client.within(deadline.left()).askOnce(service, request, reply, headers);
    }
}
