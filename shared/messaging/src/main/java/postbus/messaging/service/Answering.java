package postbus.messaging.service;

import io.opentelemetry.api.trace.SpanKind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.MessageJson;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.Reply;
import postbus.messaging.UnreadableMessage;
import postbus.messaging.trace.LogContext;
import postbus.messaging.trace.Tracing;
import postbus.messaging.transaction.Failures;
import postbus.messaging.transaction.Ids;
import postbus.messaging.wire.Reading;

/**
 * Answers what came over the event bus: on a virtual thread each, at most {@value #IN_HAND_MAX} at a time, beyond which
 * callers are told that the service is unavailable.
 */
final class Answering {
    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

    private static final int IN_HAND_MAX = 512;

    private final String service;
    private final Tracing tracing;
    private final AtomicInteger inHand = new AtomicInteger();
    private final Promise<Void> drained = Promise.promise();
    private volatile boolean isStopping;

    /** @param service on whose behalf */
    Answering(String service, Tracing tracing) {
        this.service = service;
        this.tracing = tracing;
    }

    interface Endpoint {
        void handle(Message<Object> message);
    }

    /** What opens its transactions itself. */
    <Q, R> Endpoint operation(Class<Q> type, Function<Q, R> work) {
        return message ->
                answer(message.address(), message, (body, headers) -> write(type, work.apply(readRequest(body, type))));
    }

    /** Completes when every request in hand is answered. */
    Future<Void> drain() {
        isStopping = true;
        if (inHand.get() == 0) {
            drained.tryComplete();
        }
        return drained.future();
    }

    static <T> T readRequest(Buffer body, Class<T> type) {
        try {
            return MessageJson.read(body, type);
        } catch (UnreadableMessage unreadable) {
            throw new Refusal(Problem.MALFORMED, "the request cannot be read");
        }
    }

    static Buffer write(Class<?> asked, Object reply) {
        var declared = Objects.requireNonNull(asked.getAnnotation(Reply.class)).value();
        if (reply.getClass() != declared) {
            throw new IllegalStateException(
                    asked.getName() + " is to be answered with " + declared + ", not with " + reply.getClass());
        }
        return MessageJson.write(reply);
    }

    interface Work {
        Buffer answer(Buffer body, RequestHeaders headers);
    }

    /** @param name of what is asked, for people */
    void answer(String name, Message<Object> message, Work work) {
        Buffer body;
        RequestHeaders headers;
        try {
            body = (Buffer) Objects.requireNonNull(message.body(), "body");
            headers = RequestHeaders.of(message.headers());
        } catch (RuntimeException unreadable) {
            Reading.refuse(message, unreadable);
            return;
        }
        if (inHand.incrementAndGet() > IN_HAND_MAX) {
            finished();
            fail(message, new Refusal(Problem.UNAVAILABLE, "more than " + IN_HAND_MAX + " requests in hand"));
            return;
        }
        Thread.ofVirtual().name("request").start(() -> {
            try {
                message.reply(traced(name, body, headers, work));
            } catch (Refusal refusal) {
                fail(message, refusal);
            } catch (Exception | Error failure) {
                fail(message, refusalFor(message, failure));
            } finally {
                LogContext.leave();
                finished();
            }
        });
    }

    private Buffer traced(String name, Buffer body, RequestHeaders headers, Work work) {
        if (!tracing.isOn()) {
            LogContext.enter(headers.correlationId(), headers.traceparent());
            return work.answer(body, headers);
        }
        var span = tracing.requestSpan(SpanKind.SERVER, service, name, headers.traceparent())
                .startSpan();
        var traced = headers.withTraceparent(Tracing.traceparent(span));
        LogContext.enter(traced.correlationId(), traced.traceparent());
        @Nullable Throwable failure = null;
        try {
            return work.answer(body, traced);
        } catch (Exception | Error failed) {
            failure = failed;
            throw failed;
        } finally {
            Tracing.end(span, failure);
        }
    }

    private static Refusal refusalFor(Message<Object> message, Throwable failure) {
        if (Failures.isUnavailable(failure) || Failures.isTimeout(failure) || Failures.isConflict(failure)) {
            LOG.warn("request.unavailable address={}, the caller may try again", message.address(), failure);
            return new Refusal(Problem.UNAVAILABLE, "the service's database cannot answer now");
        }
        var incident = Ids.next();
        LOG.error("request.failed address={} incident={}", message.address(), incident, failure);
        return new Refusal(Problem.INTERNAL, "see the log for incident " + incident);
    }

    private static void fail(Message<Object> message, Refusal refusal) {
        message.fail(
                refusal.problem().code(),
                MessageJson.write(RefusalBody.of(refusal)).toString());
    }

    private void finished() {
        if (inHand.decrementAndGet() == 0 && isStopping) {
            drained.tryComplete();
        }
    }
}
