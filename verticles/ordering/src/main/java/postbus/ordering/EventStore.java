package postbus.ordering;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import postbus.messaging.MessageJson;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/**
 * Streams of events, each the life of one aggregate, whose state is the fold of its stream. Knows nothing of orders.
 *
 * <p>Appending says which version it decided on, and fails with {@link ConcurrentChange} when the stream went on
 * meanwhile. Nothing is ever changed or deleted. A snapshot of the state is kept from time to time so that a long
 * stream need not be read from its start; without snapshots, everything comes out the same.
 *
 * @param <S> state
 * @param <E> events
 */
final class EventStore<S, E> {
    private final Kind<S, E> kind;
    private final int snapshotAfter;
    private final Map<Class<?>, String> names;

    /** How an aggregate changes by an event; state is null before the first. */
    interface Fold<S, E> {
        S after(@Nullable S state, E event);
    }

    /**
     * What kind of aggregate it is.
     *
     * @param state its class, written as JSON into snapshots
     * @param schema number of that class's shape: snapshots of another number are not read
     * @param types the events' classes by the names they are stored under
     */
    record Kind<S, E>(Class<S> state, int schema, Map<String, Class<? extends E>> types, Fold<S, E> fold) {}

    /**
     * A stream as it was read.
     *
     * @param version of its last event; 0 when there is none
     * @param state after that event; null when there is none
     * @param foldedVersion the last event in its snapshot; 0 when it has none
     */
    record Stream<S>(UUID id, int version, @Nullable S state, int foldedVersion) {
        static <S> Stream<S> empty(UUID id) {
            return new Stream<>(id, 0, null, 0);
        }
    }

    /** An event of a stream, and when it was recorded. */
    record Recorded<E>(int version, E event, Instant at) {}

    /** @param snapshotAfter a stream gets a snapshot when it has more events than this since the last one */
    EventStore(Kind<S, E> kind, int snapshotAfter) {
        this.kind = kind;
        this.snapshotAfter = snapshotAfter;
        this.names = kind.types().entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    }

    /** The stream as it is now; empty when nothing was recorded under this id. */
    Stream<S> load(Sql sql, UUID id) {
        int version = 0;
        int foldedVersion = 0;
        @Nullable S state = null;
        for (var row : EventTable.load(sql, id, kind.schema())) {
            if (row.type() == null) {
                state = read(row.data(), kind.state());
                foldedVersion = row.version();
            } else {
                state = kind.fold().after(state, event(row.type(), row.data()));
            }
            version = row.version();
        }
        return new Stream<>(id, version, state, foldedVersion);
    }

    /** Records what was decided on the stream as it was loaded, and returns how it is then. */
    Stream<S> append(Transaction tx, Stream<S> stream, List<? extends E> events, Instant at) {
        EventTable.append(
                tx, stream.id(), stream.version(), texts(events, this::name), texts(events, EventStore::json), at);
        @Nullable S state = stream.state();
        for (var event : events) {
            state = kind.fold().after(state, event);
        }
        int version = stream.version() + events.size();
        if (state == null || version - stream.foldedVersion() <= snapshotAfter) {
            return new Stream<>(stream.id(), version, state, stream.foldedVersion());
        }
        SnapshotTable.put(tx, stream.id(), version, kind.schema(), json(state));
        return new Stream<>(stream.id(), version, state, version);
    }

    /** All events of a stream from its first. */
    List<Recorded<E>> history(Sql sql, UUID id) {
        var history = new ArrayList<Recorded<E>>();
        for (var row : EventTable.history(sql, id)) {
            history.add(new Recorded<>(row.version(), event(row.type(), row.data()), row.at()));
        }
        return history;
    }

    private E event(String type, String data) {
        var eventClass = kind.types().get(type);
        if (eventClass == null) {
            throw new IllegalStateException("no event class for stored type '" + type + "'");
        }
        return read(data, eventClass);
    }

    private String name(E event) {
        var name = names.get(event.getClass());
        if (name == null) {
            throw new IllegalArgumentException(
                    "no name to store " + event.getClass().getName() + " under");
        }
        return name;
    }

    private static <T> List<String> texts(List<? extends T> values, Function<T, String> text) {
        return values.stream().map(text).toList();
    }

    private static String json(Object value) {
        return MessageJson.write(value).toString();
    }

    private static <T> T read(String json, Class<T> type) {
        return MessageJson.read(Buffer.buffer(json), type);
    }
}
