package postbus.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import postbus.gateway.access.Caller;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/** All event streams of this gateway: how many there may be, their heartbeats, their common end. Event loop. */
final class EventStreams {
    private final int countMax;
    private final Set<EventStream> open = new LinkedHashSet<>();
    private boolean isEnding;

    /**
     * @param countMax one more is refused, and may come again
     * @param heartbeatEvery less than the time after which an idle connection is closed
     */
    EventStreams(Vertx vertx, int countMax, Duration heartbeatEvery) {
        this.countMax = countMax;
        vertx.setPeriodic(heartbeatEvery.toMillis(), tick -> beat(Instant.now()));
    }

    /** Fails when there is no room for another one. */
    void requireRoom() {
        if (isEnding) {
            throw new Refusal(Problem.UNAVAILABLE, "this gateway is ending, another one takes its place");
        }
        if (open.size() >= countMax) {
            throw new Refusal(Problem.UNAVAILABLE, "there are " + countMax + " event streams, which is the limit");
        }
    }

    /** Who showed a token that has expired by now is sent away, to come again with another. */
    private void beat(Instant now) {
        for (var stream : List.copyOf(open)) {
            if (stream.reader().isKnownAt(now)) {
                stream.heartbeat();
            } else {
                stream.endToResume();
            }
        }
    }

    /** Begins one. */
    EventStream open(HttpServerResponse response, Caller reader) {
        requireRoom();
        var stream = new EventStream(response, reader);
        open.add(stream);
        stream.atEnd(() -> open.remove(stream));
        return stream;
    }

    /** Sends all clients away, to come again elsewhere; there will be no more. */
    void end() {
        isEnding = true;
        List.copyOf(open).forEach(EventStream::endToResume);
    }
}
