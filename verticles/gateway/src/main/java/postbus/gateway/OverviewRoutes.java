package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** How everything is, for operators: at once, or each second for those who keep listening. Event loop. */
final class OverviewRoutes {
    static final Duration EVERY = Duration.ofSeconds(1);

    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final Overview overview;
    private final Set<EventStream> listeners = new LinkedHashSet<>();
    private long timer = NO_TIMER;

    OverviewRoutes(Vertx vertx, Overview overview) {
        this.vertx = vertx;
        this.overview = overview;
    }

    private record NodeList(List<Snapshot.Node> nodes) {}

    private record SubscriptionList(List<Snapshot.Subscription> subscriptions) {}

    Future<Answer> overview(ValidRequest request) {
        return Future.succeededFuture(Answer.ok(overview.snapshot()));
    }

    Future<Answer> nodes(ValidRequest request) {
        return Future.succeededFuture(Answer.ok(new NodeList(overview.snapshot().nodes())));
    }

    Future<Answer> subscriptions(ValidRequest request) {
        return Future.succeededFuture(
                Answer.ok(new SubscriptionList(overview.snapshot().subscriptions())));
    }

    Future<Consumer<EventStream>> live(ValidRequest request) {
        return Future.succeededFuture(this::listen);
    }

    private void listen(EventStream stream) {
        stream.send(null, current());
        listeners.add(stream);
        stream.atEnd(() -> left(stream));
        if (timer == NO_TIMER) {
            timer = vertx.setPeriodic(EVERY.toMillis(), tick -> sendToAll());
        }
    }

    private void left(EventStream stream) {
        listeners.remove(stream);
        if (listeners.isEmpty() && timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }

    /** Made once for all. Who does not read as fast misses some, and nothing by that: each snapshot is whole. */
    private void sendToAll() {
        var snapshot = current();
        List.copyOf(listeners).stream().filter(EventStream::isReady).forEach(stream -> stream.send(null, snapshot));
    }

    private Buffer current() {
        return HttpJson.write(overview.snapshot());
    }
}
