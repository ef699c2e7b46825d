package postbus.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postbus.gateway.access.Caller;

/**
 * Server-sent events to one client (WHATWG HTML, section 9.2). What is sent waits in this process until the client reads
 * it, so before sending ask {@link #isReady}: whoever writes regardless keeps an unlimited queue. Event loop.
 */
final class EventStream {
    static final String CONTENT_TYPE = "text/event-stream";

    /** More than so many bytes unread, and the stream is not ready. */
    private static final int UNREAD_BYTES_MAX = 256 << 10;
    /** After which a client that lost its connection comes again. */
    private static final String RETRY = "retry: 1000\n\n";

    private static final String HEARTBEAT = ": heartbeat\n\n";
    private static final String RESUME = "event: resume\ndata:\n\n";

    private final HttpServerResponse response;
    private final Caller reader;
    private final List<Runnable> atEnd = new ArrayList<>();
    private Supplier<@Nullable String> place = () -> null;
    private boolean hasEnded;

    /** Begins the answer; whatever is wrong with the request is to be told before that. */
    EventStream(HttpServerResponse response, Caller reader) {
        this.response = response;
        this.reader = reader;
        response.closeHandler(closed -> ended())
                .exceptionHandler(broken -> ended())
                .setWriteQueueMaxSize(UNREAD_BYTES_MAX)
                .setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no") // proxies that know this word pass each event on at once
                .write(RETRY);
    }

    /** Whom the events are for. */
    Caller reader() {
        return reader;
    }

    boolean hasEnded() {
        return hasEnded;
    }

    /** Whether the client reads as fast as it is written to. */
    boolean isReady() {
        return !hasEnded && !response.writeQueueFull();
    }

    /** Runs a task once, when the stream is ready again. */
    void whenReady(Runnable task) {
        response.drainHandler(drained -> {
            response.drainHandler(null);
            task.run();
        });
    }

    /** Runs a task when the stream has ended, for whatever reason; at once when it has already. */
    void atEnd(Runnable task) {
        if (hasEnded) {
            task.run();
        } else {
            atEnd.add(task);
        }
    }

    /** Sends a message. {@code EventSource.onmessage} gets it. */
    void send(@Nullable String id, Buffer data) {
        send(null, id, data);
    }

    /** @param event its name; null for a message */
    void send(@Nullable String event, @Nullable String id, Buffer data) {
        if (hasEnded) {
            return;
        }
        var text = new StringBuilder(data.length() + 64);
        if (event != null) {
            text.append("event: ").append(event).append('\n');
        }
        if (id != null) {
            text.append("id: ").append(id).append('\n');
        }
        data.toString(StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> text.append("data: ").append(line).append('\n'));
        response.write(text.append('\n').toString());
    }

    /**
     * @param place the id that a client which comes again now should name, null for none: told with each heartbeat, so
     *     that a client that was told of no event for long need not begin with the last one
     */
    void placedAt(Supplier<@Nullable String> place) {
        this.place = place;
    }

    /** Keeps the connection from being taken for dead. A client that does not read gets none. */
    void heartbeat() {
        if (isReady()) {
            var id = place.get();
            response.write(id == null ? HEARTBEAT : HEARTBEAT + "id: " + id + "\n\n");
        }
    }

    /** Ends the stream and tells the client to come again, with the id of the last event that it got. */
    void endToResume() {
        if (!hasEnded) {
            response.end(RESUME);
            ended();
        }
    }

    private void ended() {
        if (!hasEnded) {
            hasEnded = true;
            atEnd.forEach(Runnable::run);
            atEnd.clear();
        }
    }
}
