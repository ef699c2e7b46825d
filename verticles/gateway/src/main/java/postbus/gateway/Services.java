package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import postbus.messaging.Command;
import postbus.messaging.Problem;
import postbus.messaging.Query;
import postbus.messaging.Refusal;
import postbus.messaging.service.RequestHeaders;
import postbus.messaging.service.ServiceClient;

/**
 * Asks services on behalf of one client's request, on the event loop, within the request timeout in all. What is safe
 * to ask twice is asked again, a few times and a little later, while nobody answers: just after a start or a move of a
 * service that is normal, since registrations on the event bus spread after it.
 *
 * <p>Every future fails with a {@link Refusal}.
 */
final class Services {
    /** Asks again after 50, 100, 200, 400 and 800 ms. */
    static final int TRIES_MAX = 6;

    private static final int FIRST_PAUSE_MS = 50;

    private final Vertx vertx;
    private final Duration timeout;

    Services(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.timeout = timeout;
    }

    /** Until when a request that came now is to be answered. */
    Deadline deadline() {
        return Deadline.after(timeout);
    }

    <R> Future<R> ask(Query query, Class<R> reply, RequestHeaders headers) {
        return ask(query, reply, headers, deadline());
    }

    <R> Future<R> ask(Query query, Class<R> reply, RequestHeaders headers, Deadline deadline) {
        return patiently(client -> client.ask(query, reply, headers), deadline, 1);
    }

    /** For a question that somebody else can answer too. */
    <R> Future<R> askOnce(Query query, Class<R> reply, RequestHeaders headers, Deadline deadline) {
        return client(deadline).ask(query, reply, headers);
    }

    /** Asked again only under an idempotency key: else a command without an answer might be carried out twice. */
    <R> Future<R> ask(Command command, Class<R> reply, RequestHeaders headers) {
        return headers.idempotencyKey() == null
                ? client(deadline()).ask(command, reply, headers)
                : askIdempotent(command, reply, headers);
    }

    /** For a command that, carried out twice, has the effect of once, whether under a key or not. */
    <R> Future<R> askIdempotent(Command command, Class<R> reply, RequestHeaders headers) {
        return patiently(client -> client.ask(command, reply, headers), deadline(), 1);
    }

    private <R> Future<R> patiently(Function<ServiceClient, Future<R>> question, Deadline deadline, int tries) {
        return question.apply(client(deadline)).recover(failure -> {
            var pause = Duration.ofMillis((long) FIRST_PAUSE_MS << (tries - 1));
            return isUnavailable(failure)
                            && tries < TRIES_MAX
                            && deadline.left().compareTo(pause) > 0
                    ? vertx.timer(pause.toMillis(), TimeUnit.MILLISECONDS)
                            .compose(paused -> patiently(question, deadline, tries + 1))
                    : Future.failedFuture(failure);
        });
    }

    private ServiceClient client(Deadline deadline) {
        return new ServiceClient(vertx, deadline.left());
    }

    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof Refusal refusal && refusal.problem() == Problem.UNAVAILABLE;
    }
}
