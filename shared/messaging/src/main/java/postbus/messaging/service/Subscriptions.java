package postbus.messaging.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Command;
import postbus.messaging.Envelope;
import postbus.messaging.Event;
import postbus.messaging.MessageType;
import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.subscription.DurableSubscriber.Start;
import postbus.messaging.subscription.Handlers;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/**
 * What a service reacts to, filled once by {@link ServiceVerticle#wire}. Handlers run on virtual threads in direct
 * style; handlers of different keys run side by side, so they share no mutable state but the database.
 */
public final class Subscriptions {
    private final String service;
    private final Predicate<String> owns;
    private final Handlers handlers = new Handlers();
    private final Map<String, Request<?, ?>> requests = new HashMap<>();
    private final Map<String, Question<?, ?>> questions = new HashMap<>();
    private boolean takesCommands;
    private boolean isOneMessageATransaction;
    private boolean skipsDeadLetters;
    private Start start = Start.BEGINNING;

    record Request<C, R>(Class<C> type, BiFunction<C, Transaction, R> handler) {}

    record Question<Q, R>(Class<Q> type, BiFunction<Q, Sql, R> handler) {}

    /**
     * @param service that types name
     * @param owns whether a key belongs to this shard of it
     */
    Subscriptions(String service, Predicate<String> owns) {
        this.service = service;
        this.owns = owns;
    }

    /** Commands that other services (or this one) send with {@code tx.send}: durable, once in effect, no reply. */
    public <C extends Command> Subscriptions command(Class<C> type, BiConsumer<C, Transaction> handler) {
        return commandWithOutcome(type, done(handler));
    }

    /** The same, for a handler that can also say never, or later. */
    public <C extends Command> Subscriptions commandWithOutcome(
            Class<C> type, BiFunction<C, Transaction, Outcome> handler) {
        requireOwn(type);
        takesCommands = true;
        handlers.add(type, handler);
        return this;
    }

    /** Events of another service, or of this one. Newer versions of them too, see {@link #upcast} for older ones. */
    public <E extends Event> Subscriptions event(Class<E> type, BiConsumer<E, Transaction> handler) {
        return eventWithOutcome(type, done(handler));
    }

    /** The same, for a handler that can also say never, or later. */
    public <E extends Event> Subscriptions eventWithOutcome(
            Class<E> type, BiFunction<E, Transaction, Outcome> handler) {
        handlers.add(type, handler);
        return this;
    }

    /**
     * Events about what is this service's own, by their key, such as answers to what it asked for. Where the service is
     * split, each shard is given those of its keys and passes over the others; {@link #event} gives all to every shard.
     */
    public <E extends Event> Subscriptions eventOfOwn(Class<E> type, BiConsumer<E, Transaction> handler) {
        return event(type, (event, tx) -> {
            if (owns.test(event.key())) {
                handler.accept(event, tx);
            }
        });
    }

    /**
     * Events several at a time, for a handler that writes many rows by one statement: as many as share a transaction, of
     * one lane or several, those of a key in their order. When it throws, they are given to it one by one, so that only
     * the one that cannot be applied is parked. Events of other types in between part them.
     */
    public <E extends Event> Subscriptions eventBatch(Class<E> type, BiConsumer<List<E>, Transaction> handler) {
        handlers.addBatch(type, handler);
        return this;
    }

    /**
     * Events of any types, as they travel: for services that pass them on without reading them. They come in every
     * version, newer ones too.
     */
    public Subscriptions events(Set<MessageType> types, BiConsumer<Envelope, Transaction> handler) {
        types.forEach(type -> handlers.add(type, done(handler)::apply));
        return this;
    }

    /**
     * Turns what is left of an old version into the next one: {@code on.upcast("ordering.order-placed.v1", order ->
     * order.put("currency", "EUR"))} makes it a body of v2, before anything reads it. Chains; the last version must have
     * a handler. Requests are not upcast.
     */
    public Subscriptions upcast(String type, UnaryOperator<ObjectNode> upcaster) {
        handlers.upcast(MessageType.parse(type), upcaster);
        return this;
    }

    /**
     * A command that the gateway asks for and waits for. It is answered after COMMIT with the handler's result, of the
     * class its {@link Reply} names, as JSON, or with the {@link postbus.messaging.Refusal} it throws; when it comes again under the same idempotency
     * key, with the same answer.
     */
    public <C extends Command, R> Subscriptions request(Class<C> type, BiFunction<C, Transaction, R> handler) {
        requireOwn(type);
        requireReply(type);
        requireNew(requests.put(MessageType.of(type).toString(), new Request<>(type, handler)), type);
        return this;
    }

    /** A question that is answered from this service's tables. */
    public <Q extends Query, R> Subscriptions query(Class<Q> type, BiFunction<Q, Sql, R> handler) {
        requireOwn(type);
        requireReply(type);
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

    /**
     * A key goes on without its dead letters. Otherwise a dead letter holds its key until a person decides: what comes
     * after it may build on it. For messages that each stand alone.
     */
    public Subscriptions skipDeadLetters() {
        skipsDeadLetters = true;
        return this;
    }

    /** A new subscription begins with what happens from now on instead of with the oldest message kept. */
    public Subscriptions startFromNow() {
        start = Start.NOW;
        return this;
    }

    Handlers handlers() {
        return handlers;
    }

    Handled handled() {
        return new Handled(handlers.types(), requests.keySet(), questions.keySet());
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

    boolean skipsDeadLetters() {
        return skipsDeadLetters;
    }

    Start start() {
        return start;
    }

    private static <M> BiFunction<M, Transaction, Outcome> done(BiConsumer<M, Transaction> handler) {
        return (message, tx) -> {
            handler.accept(message, tx);
            return Outcome.done();
        };
    }

    private void requireOwn(Class<?> type) {
        var messageType = MessageType.of(type);
        if (!messageType.service().equals(service)) {
            throw new IllegalArgumentException(messageType + " is not addressed to " + service);
        }
    }

    private static void requireReply(Class<?> type) {
        if (!type.isAnnotationPresent(Reply.class)) {
            throw new IllegalArgumentException(type.getName() + " has no @Reply");
        }
    }

    private static void requireNew(@Nullable Object previous, Object type) {
        if (previous != null) {
            throw new IllegalArgumentException("two handlers for " + type);
        }
    }
}
