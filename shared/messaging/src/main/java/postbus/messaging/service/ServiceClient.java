package postbus.messaging.service;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import postbus.messaging.Command;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Problem;
import postbus.messaging.Query;
import postbus.messaging.Refusal;
import postbus.messaging.Reply;
import postbus.messaging.UnreadableMessage;
import postbus.messaging.wire.Addresses;

/**
 * Asks services by request/reply over the event bus. Every future fails with a {@link Refusal}: the service's own, or
 * {@link Problem#UNAVAILABLE} when no answer came in time, which for a command leaves open whether it was carried out;
 * under an idempotency key it is safe to ask again.
 */
public final class ServiceClient {
    private final Vertx vertx;
    private final Duration timeout;

    /** @param timeout how long to wait for an answer */
    public ServiceClient(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.timeout = timeout;
    }

    public <R> Future<R> ask(Command command, Class<R> reply, RequestHeaders headers) {
        return request(command, reply, headers);
    }

    public <R> Future<R> ask(Query query, Class<R> reply, RequestHeaders headers) {
        return request(query, reply, headers);
    }

    private <R> Future<R> request(Object message, Class<R> reply, RequestHeaders headers) {
        var type = MessageType.of(message.getClass());
        var declared = message.getClass().getAnnotation(Reply.class);
        if (declared != null && declared.value() != reply) {
            throw new IllegalArgumentException(type + " is answered with " + declared.value() + ", not with " + reply);
        }
        var carried = MultiMap.caseInsensitiveMultiMap();
        headers.addTo(carried);
        var options = new DeliveryOptions().setSendTimeout(timeout.toMillis()).setHeaders(carried);
        var address = Addresses.request(type.toString());
        return vertx.eventBus()
                .<Buffer>request(address, MessageJson.write(message), options)
                .map(answer -> MessageJson.read(answer.body(), reply))
                .recover(failure -> Future.failedFuture(refusal(type, failure)));
    }

    private static Refusal refusal(MessageType type, Throwable failure) {
        if (failure instanceof ReplyException answer && answer.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
            try {
                return MessageJson.read(Buffer.buffer(String.valueOf(answer.getMessage())), RefusalBody.class)
                        .toRefusal(Problem.ofCode(answer.failureCode()));
            } catch (UnreadableMessage unreadable) {
                return new Refusal(Problem.INTERNAL, "unexpected answer of " + type.service());
            }
        }
        if (failure instanceof ReplyException) {
            return new Refusal(Problem.UNAVAILABLE, type.service() + " did not answer");
        }
        return new Refusal(Problem.INTERNAL, "unexpected answer of " + type.service());
    }
}
