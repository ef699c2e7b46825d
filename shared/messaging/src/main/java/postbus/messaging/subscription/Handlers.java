package postbus.messaging.subscription;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.UnreadableMessage;
import postbus.messaging.transaction.Transaction;

/**
 * What a subscription does with which message. It subscribes to the name of a type and gets it in every version:
 *
 * <pre>
 *   a handler of just this version?       -> it
 *   an upcaster from this version?        -> the body becomes one of the next version, and again from the top
 *   a handler of an older version?        -> the newest of them; what it does not know it does not see
 *   otherwise                             -> unknown, not dropped
 * </pre>
 *
 * Filled by one thread, then read by any.
 */
public final class Handlers {
    private final Map<String, MessageHandler> byType = new HashMap<>();
    private final Map<String, NavigableMap<Integer, MessageHandler>> byName = new HashMap<>();
    private final Map<MessageType, UnaryOperator<ObjectNode>> upcasters = new HashMap<>();

    /** Messages of this type, as they travel. */
    public void add(MessageType type, MessageHandler handler) {
        if (byType.put(type.toString(), handler) != null) {
            throw new IllegalArgumentException("two handlers for " + type);
        }
        byName.computeIfAbsent(type.versionless(), name -> new TreeMap<>()).put(type.version(), handler);
    }

    /** Messages of the type the class declares, read. */
    public <M> void add(Class<M> type, BiFunction<M, Transaction, Outcome> handler) {
        add(MessageType.of(type), (message, tx) -> handler.apply(read(message, type), tx));
    }

    /** Messages of the type the class declares, read, as many as follow each other. */
    public <M> void addBatch(Class<M> type, BiConsumer<List<M>, Transaction> handler) {
        add(MessageType.of(type), new BatchHandler() {
            @Override
            void handleAll(List<Envelope> messages, Transaction tx) {
                handler.accept(
                        messages.stream().map(message -> read(message, type)).toList(), tx);
            }
        });
    }

    /** A handler of several messages at a time. */
    private abstract static class BatchHandler implements MessageHandler {
        abstract void handleAll(List<Envelope> messages, Transaction tx);

        @Override
        public Outcome handle(Envelope message, Transaction tx) {
            handleAll(List.of(message), tx);
            return Outcome.done();
        }
    }

    /** Turns a body of this version into one of the next, before anything reads it. */
    public void upcast(MessageType from, UnaryOperator<ObjectNode> upcaster) {
        if (upcasters.put(from, upcaster) != null) {
            throw new IllegalArgumentException("two upcasters from " + from);
        }
    }

    public boolean isEmpty() {
        return byType.isEmpty();
    }

    /** What has a handler. Fails when an upcaster leads to a version without one. */
    public Set<String> types() {
        for (var from : upcasters.keySet()) {
            var to = next(from);
            if (!byType.containsKey(to.toString()) && !upcasters.containsKey(to)) {
                throw new IllegalStateException("the upcaster from " + from + " needs a handler for " + to);
            }
        }
        return Set.copyOf(byType.keySet());
    }

    /** Handles a message; what it can make nothing of is an {@link UnknownType} or an {@link UnreadableBody}. */
    Outcome handle(Envelope message, Transaction tx) {
        var found = find(message);
        tx.handling(message);
        return found.handler.handle(found.message, tx);
    }

    /**
     * Handles messages in their order. Those that follow each other and have one batch handler are given to it together;
     * what it sends is caused by the last of them. Any outcome but done is thrown.
     */
    void handleAll(List<Envelope> messages, Transaction tx) {
        int from = 0;
        while (from < messages.size()) {
            var first = find(messages.get(from));
            if (first.handler instanceof BatchHandler batchHandler) {
                var together = new ArrayList<Envelope>();
                var next = first;
                do {
                    together.add(next.message);
                    from++;
                    next = from < messages.size() ? find(messages.get(from)) : null;
                } while (next != null && next.handler == batchHandler);
                tx.handling(together);
                batchHandler.handleAll(together, tx);
            } else {
                tx.handling(messages.get(from));
                NotDone.requireDone(first.handler.handle(first.message, tx));
                from++;
            }
        }
    }

    /** Who handles a message, and what of it is given to them. */
    private record Found(MessageHandler handler, Envelope message) {}

    private Found find(Envelope message) {
        var exact = byType.get(message.type());
        return exact != null ? new Found(exact, message) : findOtherVersion(message);
    }

    private Found findOtherVersion(Envelope message) {
        var type = parse(message.type());
        if (type == null) {
            throw new UnknownType(message.type());
        }
        var upcaster = upcasters.get(type);
        if (upcaster != null) {
            return find(upcast(message, type, upcaster));
        }
        var versions = byName.get(type.versionless());
        var older = versions == null ? null : versions.lowerEntry(type.version());
        if (older == null) {
            throw new UnknownType(message.type());
        }
        return new Found(older.getValue(), message);
    }

    private static Envelope upcast(Envelope message, MessageType from, UnaryOperator<ObjectNode> upcaster) {
        Buffer body;
        try {
            body = MessageJson.write(upcaster.apply(MessageJson.readTree(message.data())));
        } catch (RuntimeException unfit) { // a body that is not what its version should be trips an upcaster
            throw new UnreadableBody(unfit);
        }
        return new Envelope(
                message.id(),
                message.source(),
                next(from).toString(),
                message.key(),
                message.time(),
                message.recipient(),
                message.correlationId(),
                message.causationId(),
                message.traceparent(),
                body);
    }

    private static MessageType next(MessageType type) {
        return new MessageType(type.service(), type.name(), type.version() + 1);
    }

    private static @Nullable MessageType parse(String type) {
        try {
            return MessageType.parse(type);
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }

    private static <M> M read(Envelope message, Class<M> type) {
        try {
            return MessageJson.read(message.data(), type);
        } catch (UnreadableMessage unreadable) {
            throw new UnreadableBody(unreadable);
        }
    }
}
