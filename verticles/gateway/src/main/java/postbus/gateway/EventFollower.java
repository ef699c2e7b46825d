package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.wire.Follow;

/**
 * Tells one client the events of several sources, each source's in their order: what it missed from the ledger, what
 * happens now from the {@link Feed}s. A client that reads more slowly than things happen is not waited for: the feed goes
 * on, and the client gets the rest from the ledger once it has read; if it reads nothing for long, it is sent away to
 * come again. Event loop.
 */
final class EventFollower {
    private static final Logger LOG = LoggerFactory.getLogger(EventFollower.class);

    private static final int PAUSE_MS = 500;

    /** Reads what is not remembered. */
    interface Past {
        Future<EventPage> read(Feed feed, long after);
    }

    private final Vertx vertx;
    private final EventStream stream;
    private final Places places;
    private final Predicate<LiveEvent> filter;
    private final Past past;
    private final Duration unreadMax;
    private final Map<Feed, Runnable> feeds = new LinkedHashMap<>();
    private boolean isWaiting;

    /**
     * @param places where the client is; changed as it goes on
     * @param filter which events it is told of
     * @param unreadMax how long a client may read nothing of what waits for it
     */
    EventFollower(
            Vertx vertx,
            EventStream stream,
            Places places,
            Predicate<LiveEvent> filter,
            Past past,
            Duration unreadMax) {
        this.vertx = vertx;
        this.stream = stream;
        this.places = places;
        this.filter = filter;
        this.past = past;
        this.unreadMax = unreadMax;
        stream.placedAt(() -> places.isEmpty() ? null : places.toString());
    }

    /** Tells of this source too, until the stream ends. */
    void follow(Feed feed) {
        if (feeds.containsKey(feed) || stream.hasEnded()) {
            return;
        }
        Runnable goOn = new OneSource(feed)::goOn;
        feeds.put(feed, goOn);
        stream.atEnd(() -> feed.leave(goOn));
        feed.join(goOn);
        goOn.run();
    }

    private void waitUntilRead() {
        if (isWaiting) {
            return;
        }
        isWaiting = true;
        long timer = vertx.setTimer(unreadMax.toMillis(), late -> {
            LOG.info("stream.unread for {}, its client is sent away", unreadMax);
            stream.endToResume();
        });
        stream.whenReady(() -> {
            vertx.cancelTimer(timer);
            isWaiting = false;
            feeds.values().forEach(Runnable::run);
        });
    }

    private final class OneSource {
        private final Feed feed;
        private boolean isReading;

        OneSource(Feed feed) {
            this.feed = feed;
        }

        /** As far as the client reads, and there is something. */
        void goOn() {
            if (isReading || stream.hasEnded()) {
                return;
            }
            var place = places.get(feed.source());
            if (place == null) {
                if (feed.upto() == Follow.NOW) {
                    return; // the feed will know
                }
                places.put(feed.source(), feed.upto());
                return;
            }
            if (!stream.isReady()) {
                waitUntilRead();
                return;
            }
            var remembered = feed.after(place);
            if (remembered == null) {
                readPast(place);
            } else if (feed.upto() > place) {
                tell(new EventPage(remembered, feed.upto(), false));
            }
        }

        private void readPast(long place) {
            isReading = true;
            past.read(feed, place).onComplete(page -> {
                isReading = false;
                if (stream.hasEnded()) {
                    return;
                }
                if (page.succeeded()) {
                    tell(page.result());
                    goOn();
                } else {
                    LOG.debug("events.unread source={} after={}, tried again", feed.source(), place, page.cause());
                    vertx.setTimer(PAUSE_MS, later -> goOn());
                }
            });
        }

        private void tell(EventPage page) {
            if (page.isGap()) {
                var gap = new JsonObject()
                        .put("source", feed.source())
                        .put("after", places.get(feed.source()))
                        .put("upto", page.upto());
                stream.send("gap", null, gap.toBuffer());
            }
            for (var event : page.events()) {
                places.put(feed.source(), event.position());
                if (filter.test(event)) {
                    stream.send(places.toString(), event.json());
                }
                if (!stream.isReady()) {
                    waitUntilRead(); // the rest is read again
                    return;
                }
            }
            places.put(feed.source(), page.upto());
        }
    }
}
