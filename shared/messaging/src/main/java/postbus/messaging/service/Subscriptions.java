package postbus.messaging.service;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Command;
import postbus.messaging.Envelope;
import postbus.messaging.Event;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Query;
import postbus.messaging.subscription.DurableSubscriber.Start;
import postbus.messaging.subscription.MessageHandler;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/**
 * What a service reacts to, filled once by {@link ServiceVerticle#wire}. Handlers run on virtual threads in direct
 * style; handlers of different keys run side by side, so they share no mutable state but the database.
 */
public final class Subscriptions {
    private final String service;
    private final Map<String, MessageHandler> handlers = new HashMap<>();
    private final Map<String, Request<?, ?>> requests = new HashMap<>();
    private final Map<String, Question<?, ?>> questions = new HashMap<>();
    private boolean takesCommands;
    private boolean isOneMessageATransaction;
    private Start start = Start.BEGINNING;

    record Request<C, R>(Class<C> type, BiFunction<C, Transaction, R> handler) {}

    record Question<Q, R>(Class<Q> type, BiFunction<Q, Sql, R> handler) {}

    Subscriptions(String service) {
        this.service = service;
    }

    /** Commands that other services (or this one) send with {@code tx.send}: durable, once in effect, no reply. */
    public <C extends Command> Subscriptions command(Class<C> type, BiConsumer<C, Transaction> handler) {
        requireOwn(type);
        takesCommands = true;
        return handle(MessageType.of(type), (message, tx) -> handler.accept(read(message, type), tx));
    }

    /** Events of another service, or of this one. */
    public <E extends Event> Subscriptions event(Class<E> type, BiConsumer<E, Transaction> handler) {
        return handle(MessageType.of(type), (message, tx) -> handler.accept(read(message, type), tx));
    }

    /** Events of any types, as they travel: for services that pass them on without reading them. */
    public Subscriptions events(Set<MessageType> types, BiConsumer<Envelope, Transaction> handler) {
        types.forEach(type -> handle(type, handler::accept));
        return this;
    }

    /**
     * A command that the gateway asks for and waits for. It is answered after COMMIT with the handler's result as
     * JSON, or with the {@link postbus.messaging.Refusal} it throws; when it comes again under the same idempotency
     * key, with the same answer.
     */
    public <C extends Command, R> Subscriptions request(Class<C> type, BiFunction<C, Transaction, R> handler) {
        requireOwn(type);
        requireNew(requests.put(MessageType.of(type).toString(), new Request<>(type, handler)), type);
        return this;
    }

    /** A question that is answered from this service's tables. */
    public <Q extends Query, R> Subscriptions query(Class<Q> type, BiFunction<Q, Sql, R> handler) {
        requireOwn(type);
        requireNew(questions.put(MessageType.of(type).toString(), new Question<>(type, handler)), type);
        return this;
    }

    /**
     * Never several messages in one transaction. For handlers that lock rows which messages of other keys lock too:
     * two batches that gather such locks in different order would deadlock.
     */
    public Subscriptions oneMessageATransaction() {
        isOneMessageATransaction = true;
        return this;
    }

    /** A new subscription begins with what happens from now on instead of with the oldest message kept. */
    public Subscriptions startFromNow() {
        start = Start.NOW;
        return this;
    }

    Map<String, MessageHandler> handlers() {
        return handlers;
    }

    Map<String, Request<?, ?>> requests() {
        return requests;
    }

    Map<String, Question<?, ?>> questions() {
        return questions;
    }

    boolean takesCommands() {
        return takesCommands;
    }

    boolean isOneMessageATransaction() {
        return isOneMessageATransaction;
    }

    Start start() {
        return start;
    }

    private Subscriptions handle(MessageType type, MessageHandler handler) {
        requireNew(handlers.put(type.toString(), handler), type);
        return this;
    }

    private void requireOwn(Class<?> type) {
        var messageType = MessageType.of(type);
        if (!messageType.service().equals(service)) {
            throw new IllegalArgumentException(messageType + " is not addressed to " + service);
        }
    }

    private static void requireNew(@Nullable Object previous, Object type) {
        if (previous != null) {
            throw new IllegalArgumentException("two handlers for " + type);
        }
    }

    private static <T> T read(Envelope message, Class<T> type) {
        return MessageJson.read(message.data(), type);
    }
}
