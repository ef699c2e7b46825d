package postbus.messaging.service;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Command;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Problem;
import postbus.messaging.Query;
import postbus.messaging.Refusal;
import postbus.messaging.Reply;
import postbus.messaging.Shards;
import postbus.messaging.UnreadableMessage;
import postbus.messaging.trace.Tracing;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.wire.Addresses;

/**
 * Asks services by request/reply over the event bus, and waits for one that is away, within a limit: a service that
 * restarts is missed by nobody who asks meanwhile. Every future fails with a {@link Refusal}: the service's own, or
 * {@link Problem#UNAVAILABLE} when no answer came in time, which for a command leaves open whether it was carried out;
 * under an idempotency key it is safe to ask again.
 *
 * <p>What nobody took is sent again after a pause. What may have been taken is sent again only where that does no harm: a
 * query, or a command under an idempotency key. That is how a request survives that was in the hands of an instance
 * which died, or was on its way to one that left: such a request is lost without a word. At most
 * {@value #WAITING_MAX} requests wait so; one more fails at once.
 */
public final class ServiceClient {
    /** Requests of one client, and of those made of it, that wait for a service after a first failure. */
    public static final int WAITING_MAX = 1_000;

    /** After 25 to 50 ms at first, then longer, up to 250 to 500 ms. */
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofMillis(500));

    /** How long the first sending waits for an answer; each further one twice as long, lest who is slow gets more work. */
    private static final Duration FIRST_ANSWER_MAX = Duration.ofSeconds(2);

    /** The event bus takes no shorter time-out. */
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);

    private final Vertx vertx;
    private final Duration timeout;
    private final Tracing tracing;
    private final Shards shards;
    private final AtomicInteger waiting;

    /** @param timeout how long to wait for an answer, in all */
    public ServiceClient(Vertx vertx, Duration timeout) {
        this(vertx, timeout, Tracing.OFF);
    }

    /** @param tracing of who asks */
    public ServiceClient(Vertx vertx, Duration timeout, Tracing tracing) {
        this(vertx, timeout, tracing, Shards.NONE);
    }

    /**
     * @param tracing of who asks
     * @param shards where services are split: which is asked is decided by the key of the command or query
     */
    public ServiceClient(Vertx vertx, Duration timeout, Tracing tracing, Shards shards) {
        this(vertx, timeout, tracing, shards, new AtomicInteger());
    }

    private ServiceClient(Vertx vertx, Duration timeout, Tracing tracing, Shards shards, AtomicInteger waiting) {
        this.vertx = vertx;
        this.timeout = timeout;
        this.tracing = tracing;
        this.shards = shards;
        this.waiting = waiting;
    }

    /** The same client with another time-out. */
    public ServiceClient within(Duration timeout) {
        return new ServiceClient(vertx, timeout, tracing, shards, waiting);
    }

    public <R> Future<R> ask(Command command, Class<R> reply, RequestHeaders headers) {
        return request(command, command.key(), reply, headers, headers.idempotencyKey() != null)
                .patiently();
    }

    public <R> Future<R> ask(Query query, Class<R> reply, RequestHeaders headers) {
        return request(query, query.key(), reply, headers, true).patiently();
    }

    /** Without a second try: for a question that somebody else can answer too. */
    public <R> Future<R> askOnce(Query query, Class<R> reply, RequestHeaders headers) {
        return request(query, query.key(), reply, headers, true).once();
    }

    /** Asks any instance of a service about its subscription, on behalf of a person. */
    public <R> Future<R> ask(String service, OperatorRequest request, Class<R> reply, RequestHeaders headers) {
        return request(service, request, reply, headers).patiently();
    }

    /** Without a second try: for a decision, which the second time is another one, and when others are asked as well. */
    public <R> Future<R> askOnce(String service, OperatorRequest request, Class<R> reply, RequestHeaders headers) {
        return request(service, request, reply, headers).once();
    }

    private <R> Request<R> request(String service, OperatorRequest request, Class<R> reply, RequestHeaders headers) {
        var address = request.address(service);
        return new Request<>(() -> address, request.operation(), service, request, reply, headers, true);
    }

    private <R> Request<R> request(
            Object message, String key, Class<R> reply, RequestHeaders headers, boolean isRepeatable) {
        var type = MessageType.of(message.getClass());
        if (key.isEmpty() && shards.services().contains(type.service())) {
            throw new IllegalArgumentException(type + " has no key, and " + type.service() + " is split by key");
        }
        return new Request<>(
                () -> Addresses.request(shards.of(type.service(), key), type),
                type.toString(),
                type.service(),
                message,
                reply,
                headers,
                isRepeatable);
    }

    private final class Request<R> {
        private final String service;
        private final Supplier<String> address;
        private final Buffer body;
        private final Class<R> reply;
        private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        private final boolean isRepeatable;
        private final @Nullable Span span;
        private final long endNanos = System.nanoTime() + timeout.toNanos();
        private int sent;
        private int unanswered;
        private boolean isWaiting;

        /**
         * @param address asked for each time it is sent, since who has a key may change
         * @param name of the message, for people
         * @param isRepeatable whether carrying it out twice has the effect of once
         */
        Request(
                Supplier<String> address,
                String name,
                String service,
                Object message,
                Class<R> reply,
                RequestHeaders headers,
                boolean isRepeatable) {
            var declared = message.getClass().getAnnotation(Reply.class);
            if (declared != null && declared.value() != reply) {
                throw new IllegalArgumentException(
                        name + " is answered with " + declared.value() + ", not with " + reply);
            }
            this.service = service;
            this.address = address;
            this.body = MessageJson.write(message);
            this.reply = reply;
            this.isRepeatable = isRepeatable;
            this.span = tracing.isOn() ? start(name, headers) : null;
            var sent = span == null ? headers : headers.withTraceparent(Tracing.traceparent(span));
            sent.addTo(this.headers);
        }

        private Span start(String name, RequestHeaders headers) {
            return tracing.requestSpan(SpanKind.CLIENT, service, name, headers.traceparent())
                    .startSpan();
        }

        private Future<R> traced(Future<R> answer) {
            return span == null
                    ? answer
                    : answer.onComplete(done -> Tracing.end(span, done.succeeded() ? null : done.cause()));
        }

        Future<R> once() {
            return traced(answered(left()).recover(failure -> Future.failedFuture(refusal(failure))));
        }

        Future<R> patiently() {
            return traced(send().onComplete(done -> {
                if (isWaiting) {
                    waiting.decrementAndGet();
                }
            }));
        }

        private Future<R> send() {
            var answerMax = FIRST_ANSWER_MAX.multipliedBy(1L << Math.min(unanswered, 10));
            var isLast = !isRepeatable || answerMax.compareTo(left()) >= 0;
            return answered(isLast ? left() : answerMax).recover(failure -> {
                if (isOf(failure, ReplyFailure.TIMEOUT)) {
                    unanswered++;
                }
                var refusal = refusal(failure);
                var pause = PAUSES.after(++sent);
                var mayBeSentAgain = isOf(failure, ReplyFailure.NO_HANDLERS)
                        || (isRepeatable && refusal.problem() == Problem.UNAVAILABLE);
                return mayBeSentAgain && pause.compareTo(left()) < 0
                        ? sendAfter(pause, refusal)
                        : Future.failedFuture(refusal);
            });
        }

        private Future<R> answered(Duration answerMax) {
            var options =
                    new DeliveryOptions().setSendTimeout(answerMax.toMillis()).setHeaders(headers);
            Future<Message<Buffer>> answer = vertx.eventBus().request(address.get(), body, options);
            return answer.map(message -> MessageJson.read(message.body(), reply));
        }

        private Future<R> sendAfter(Duration pause, Refusal refusal) {
            if (!isWaiting && waiting.incrementAndGet() > WAITING_MAX) {
                waiting.decrementAndGet();
                return Future.failedFuture(refusal);
            }
            isWaiting = true;
            if (span != null) {
                span.addEvent("sent again");
            }
            return vertx.timer(pause.toMillis(), TimeUnit.MILLISECONDS).compose(paused -> send());
        }

        private Duration left() {
            var left = Duration.ofNanos(endNanos - System.nanoTime());
            return left.compareTo(TIMEOUT_MIN) > 0 ? left : TIMEOUT_MIN;
        }

        private Refusal refusal(Throwable failure) {
            if (failure instanceof ReplyException answer && isOf(answer, ReplyFailure.RECIPIENT_FAILURE)) {
                try {
                    return MessageJson.read(Buffer.buffer(String.valueOf(answer.getMessage())), RefusalBody.class)
                            .toRefusal(Problem.ofCode(answer.failureCode()));
                } catch (UnreadableMessage unreadable) {
                    return new Refusal(Problem.INTERNAL, "unexpected answer of " + service);
                }
            }
            if (failure instanceof ReplyException) {
                return new Refusal(Problem.UNAVAILABLE, service + " did not answer");
            }
            return new Refusal(Problem.INTERNAL, "unexpected answer of " + service);
        }
    }

    private static boolean isOf(Throwable failure, ReplyFailure type) {
        return failure instanceof ReplyException exception && exception.failureType() == type;
    }
}
