package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import postbus.messaging.search.MessageSearch;
import postbus.messaging.service.MessageRequest;
import postbus.messaging.service.RequestHeaders;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Reading;
import postbus.messaging.wire.RelayHello;

/**
 * Events of every source that has a relay, as they are published, for any number of clients. Sources are known from what
 * their relays say; one that comes later is followed by those who are there already. Event loop.
 */
final class LiveEvents {
    private static final Duration UNREAD_MAX = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Services services;
    private final Duration unreadMax;
    private final Map<String, Feed> feeds = new LinkedHashMap<>();
    private final List<Consumer<Feed>> arrivals = new ArrayList<>();

    LiveEvents(Vertx vertx, Services services) {
        this(vertx, services, UNREAD_MAX);
    }

    /** @param unreadMax how long a client may read nothing of what waits for it */
    LiveEvents(Vertx vertx, Services services, Duration unreadMax) {
        this.vertx = vertx;
        this.services = services;
        this.unreadMax = unreadMax;
    }

    /** Begins to hear of relays; completes when it does. */
    Future<Void> start() {
        var hellos = vertx.eventBus()
                .consumer(
                        Addresses.RELAY_HELLO,
                        Reading.<JsonObject, RelayHello>of(RelayHello::of, (hello, message) -> onHello(hello)));
        return hellos.completion().onSuccess(heard -> vertx.eventBus().publish(Addresses.RELAY_CALL, null));
    }

    private void onHello(RelayHello hello) {
        var known = feeds.get(hello.source());
        var feed = known == null ? new Feed(vertx, hello.source()) : known;
        feed.hello(hello.term(), hello.heads());
        if (known == null) {
            feeds.put(hello.source(), feed);
            List.copyOf(arrivals).forEach(arrival -> arrival.accept(feed));
        }
    }

    /** The sources known so far, in alphabetical order. */
    List<String> sources() {
        return feeds.keySet().stream().sorted().toList();
    }

    /**
     * All events, from now on or from where a client was.
     *
     * @param sources only of these; all when empty
     * @param types only of these; all when empty
     */
    void follow(EventStream stream, Set<String> sources, Set<String> types, Places places) {
        Predicate<LiveEvent> filter = event -> types.isEmpty() || types.contains(event.type());
        var follower = new EventFollower(
                vertx, stream, places, filter, (feed, after) -> feed.read(after).map(EventPage::of), unreadMax);
        followAll(stream, follower, feed -> sources.isEmpty() || sources.contains(feed.source()));
    }

    /** All events about a key whose id tells when it began, from its beginning or from where a client was. */
    void follow(EventStream stream, UUID key, Places places, RequestHeaders headers) {
        var about = key.toString();
        var begun = MessageSearch.timeOf(key);
        var follower = new EventFollower(
                vertx,
                stream,
                places,
                event -> event.key().equals(about),
                (feed, after) -> services.ask(
                                feed.source(),
                                new MessageRequest.History(about, after, begun == null ? Instant.EPOCH : begun),
                                MessageSearch.History.class,
                                headers)
                        .map(EventPage::of),
                unreadMax);
        followAll(stream, follower, feed -> {
            if (places.get(feed.source()) == null) {
                places.put(feed.source(), 0);
            }
            return true;
        });
    }

    private void followAll(EventStream stream, EventFollower follower, Predicate<Feed> isWanted) {
        Consumer<Feed> arrival = feed -> {
            if (isWanted.test(feed)) {
                follower.follow(feed);
            }
        };
        arrivals.add(arrival);
        stream.atEnd(() -> arrivals.remove(arrival));
        List.copyOf(feeds.values()).forEach(arrival);
    }
}
