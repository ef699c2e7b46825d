package postbus.messaging.service;

import io.opentelemetry.api.trace.SpanKind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.Reply;
import postbus.messaging.UnreadableMessage;
import postbus.messaging.trace.LogContext;
import postbus.messaging.trace.Tracing;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Failures;
import postbus.messaging.transaction.Ids;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;

/**
 * Answers requests that came over the event bus: on a virtual thread each, at most {@value #IN_HAND_MAX} at a time,
 * beyond which callers are told that the service is unavailable. Commands are answered after COMMIT.
 */
final class Requests {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

    private static final int IN_HAND_MAX = 512;

    private final Transactions transactions;
    private final Tracing tracing;
    private final AtomicInteger inHand = new AtomicInteger();
    private final Promise<Void> drained = Promise.promise();
    private volatile boolean isStopping;

    Requests(Transactions transactions, Tracing tracing) {
        this.transactions = transactions;
        this.tracing = tracing;
    }

    interface Endpoint {
        void handle(Message<Object> message);
    }

    <Q, R> Endpoint query(Subscriptions.Question<Q, R> question) {
        var name = MessageType.of(question.type()).toString();
        return message -> answer(name, message, (body, headers) -> {
            var asked = readRequest(body, question.type());
            return write(question.type(), question.handler().apply(asked, transactions.reading()));
        });
    }

    <C, R> Endpoint command(String type, Subscriptions.Request<C, R> request) {
        return message -> answer(type, message, (body, headers) -> {
            var command = readRequest(body, request.type());
            Function<Transaction, Buffer> work =
                    tx -> write(request.type(), request.handler().apply(command, tx));
            var key = headers.idempotencyKey();
            var cause = new Cause(headers.correlationId(), null, headers.traceparent());
            return key == null ? transactions.call(cause, work) : once(type, key, body, cause, work);
        });
    }

    /** What opens its transactions itself. */
    <Q, R> Endpoint operation(String name, Class<Q> type, Function<Q, R> work) {
        return message -> answer(name, message, (body, headers) -> write(type, work.apply(readRequest(body, type))));
    }

    /** Completes when every request in hand is answered. */
    Future<Void> drain() {
        isStopping = true;
        if (inHand.get() == 0) {
            drained.tryComplete();
        }
        return drained.future();
    }

    /**
     * Does the work and keeps its answer in one transaction, or gives the answer kept. A refusal rolls the work back,
     * and is then kept in a transaction of its own, unless the same request got another answer in between. That the
     * service is unavailable, or failed, is no answer to keep.
     */
    private Buffer once(String type, String key, Buffer body, Cause cause, Function<Transaction, Buffer> work) {
        var fingerprint = sha256(body);
        ReplyTable.Stored reply;
        try {
            reply = transactions.call(
                    cause,
                    tx -> ReplyTable.lock(tx, type, key).orElseGet(() -> {
                        var answer = new ReplyTable.Stored(fingerprint, 0, work.apply(tx));
                        ReplyTable.insert(tx, type, key, answer);
                        return answer;
                    }));
        } catch (Refusal refusal) {
            if (refusal.problem() == Problem.UNAVAILABLE || refusal.problem() == Problem.INTERNAL) {
                throw refusal;
            }
            var kept = new ReplyTable.Stored(
                    fingerprint, refusal.problem().code(), MessageJson.write(RefusalBody.of(refusal)));
            reply = transactions.call(
                    cause,
                    tx -> ReplyTable.lock(tx, type, key).orElseGet(() -> {
                        ReplyTable.insert(tx, type, key, kept);
                        return kept;
                    }));
        }
        return repeat(reply, fingerprint);
    }

    private static Buffer repeat(ReplyTable.Stored stored, Buffer fingerprint) {
        if (!stored.fingerprint().equals(fingerprint)) {
            throw new Refusal(Problem.IDEMPOTENCY_KEY_REUSED, "this idempotency key came before with another request");
        }
        if (stored.problem() != 0) {
            throw MessageJson.read(stored.body(), RefusalBody.class).toRefusal(Problem.ofCode(stored.problem()));
        }
        return stored.body();
    }

    private static <T> T readRequest(Buffer body, Class<T> type) {
        try {
            return MessageJson.read(body, type);
        } catch (UnreadableMessage unreadable) {
            throw new Refusal(Problem.MALFORMED, "the request cannot be read");
        }
    }

    private static Buffer write(Class<?> asked, Object reply) {
        var declared = Objects.requireNonNull(asked.getAnnotation(Reply.class)).value();
        if (reply.getClass() != declared) {
            throw new IllegalStateException(
                    asked.getName() + " is to be answered with " + declared + ", not with " + reply.getClass());
        }
        return MessageJson.write(reply);
    }

    private interface Work {
        Buffer answer(Buffer body, RequestHeaders headers);
    }

    /** @param name of what is asked, for people */
    private void answer(String name, Message<Object> message, Work work) {
        if (inHand.incrementAndGet() > IN_HAND_MAX) {
            finished();
            fail(message, new Refusal(Problem.UNAVAILABLE, "more than " + IN_HAND_MAX + " requests in hand"));
            return;
        }
        Thread.ofVirtual().name("request").start(() -> {
            try {
                message.reply(traced(name, (Buffer) message.body(), RequestHeaders.of(message.headers()), work));
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
        var service = transactions.service();
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

    private static Buffer sha256(Buffer body) {
        try {
            return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(body.getBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
