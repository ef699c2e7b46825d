package postbus.outbox;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import postbus.messaging.relay.Relay;
import postbus.node.NodeContext;

/** Guarantees that what was committed is published: deploys a relay for each source. Event loop. */
final class OutboxVerticle extends VerticleBase {
    private final List<Relay> relays;

    OutboxVerticle(NodeContext node) {
        var settings = OutboxSettings.of(node.settings());
        this.relays = settings.sources().stream()
                .map(source -> relay(node, source, settings))
                .toList();
        node.report(relays);
    }

    @Override
    public Future<?> start() {
        return Future.all(relays.stream().map(vertx::deployVerticle).toList());
    }

    private static Relay relay(NodeContext node, String source, OutboxSettings settings) {
        var database = node.database().connectOptions(source, "postbus outbox " + source);
        var readers = node.pool("relay " + source, Relay.readerOptions(database), settings.readers());
        return new Relay(source, database, readers, settings.relay().withObserver(node.observer()));
    }
}
