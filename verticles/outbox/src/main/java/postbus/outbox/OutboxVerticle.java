package postbus.outbox;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.stream.Stream;
import postbus.messaging.relay.Relay;
import postbus.messaging.service.MessageDoor;
import postbus.node.NodeContext;

/**
 * Guarantees that what was committed is published: deploys a relay for each source, and a door at which people can look
 * at its messages. Event loop.
 */
final class OutboxVerticle extends VerticleBase {
    /** For people who search: apart from those that deliver. */
    private static final int SEARCHERS = 2;

    private final List<Relay> relays;
    private final List<MessageDoor> doors;

    OutboxVerticle(NodeContext node) {
        var settings = OutboxSettings.of(node.settings());
        this.relays = settings.sources().stream()
                .map(source -> relay(node, source, settings))
                .toList();
        this.doors = settings.sources().stream()
                .map(source -> new MessageDoor(source, readers(node, source, SEARCHERS)))
                .toList();
        node.report(relays);
    }

    @Override
    public Future<?> start() {
        return Future.all(Stream.concat(relays.stream(), doors.stream())
                .map(vertx::deployVerticle)
                .toList());
    }

    private static Relay relay(NodeContext node, String source, OutboxSettings settings) {
        var database = node.database().connectOptions(source, "postbus outbox " + source);
        var relay = settings.relay().withObserver(node.observer());
        return new Relay(source, database, readers(node, source, settings.readers()), relay);
    }

    private static Pool readers(NodeContext node, String source, int size) {
        var database = node.database().connectOptions(source, "postbus outbox " + source);
        return node.pool("relay " + source, Relay.readerOptions(database), size);
    }
}
