package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import postbus.gateway.access.Caller;
import postbus.messaging.Envelope;
import postbus.messaging.transaction.Ids;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Batch.Positioned;
import postbus.messaging.wire.Follow;
import postbus.messaging.wire.Followed;
import postbus.messaging.wire.RelayHello;
import postbus.messaging.wire.Wire;

/** Clients of every kind before relays of a few lines. */
class LiveEventsTest {
    private static final int BODY = 10_000;

    private Vertx vertx;
    private HttpClient http; // one that nobody holds is closed when the garbage is collected
    private int port;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        http = vertx.createHttpClient();
        Wire.register(vertx);
        var context = vertx.getOrCreateContext();
        var ready = Promise.<Integer>promise();
        context.runOnContext(begin -> {
            var live = new LiveEvents(vertx, new Services(vertx, Duration.ofSeconds(1)), Duration.ofMillis(500));
            var streams = new EventStreams(vertx, 10, Duration.ofMillis(100));
            live.start()
                    .compose(heard -> vertx.createHttpServer()
                            .requestHandler(request -> live.follow(
                                    streams.open(request.response(), Caller.DEMO),
                                    Set.of(),
                                    Set.of(),
                                    Places.parse(request.getHeader("Last-Event-ID"), "/Last-Event-ID")))
                            .listen(0, "127.0.0.1"))
                    .map(server -> server.actualPort())
                    .onComplete(ready);
        });
        port = get(ready.future());
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void what_happens_is_told_from_the_moment_a_client_comes() {
        var desk = new PlayedRelay("desk");
        desk.publish(3);
        var client = new Client("");

        get(client.placed); // the client knows where it is
        desk.publish(2);

        assertThat(get(client.ids(2))).containsExactly("desk=4", "desk=5");
    }

    @Test
    void a_client_slower_than_the_events_gets_all_of_them_in_order() {
        var desk = new PlayedRelay("desk");
        var client = new Client("desk=0");
        client.answer().pause();
        desk.publish(Feed.REMEMBERED_MAX + 500);

        client.answer().resume();

        assertThat(get(client.ids(Feed.REMEMBERED_MAX + 500))).isEqualTo(places(1, Feed.REMEMBERED_MAX + 500));
    }

    @Test
    void a_client_that_reads_nothing_is_sent_away_and_goes_on_where_it_was() {
        var desk = new PlayedRelay("desk");
        desk.publish(Feed.REMEMBERED_MAX + 500);
        var client = new Client("desk=0");
        client.answer().pause();
        var other = new Client("desk=0");
        get(other.ids(Feed.REMEMBERED_MAX + 500)); // is not held up

        get(vertx.timer(1, TimeUnit.SECONDS)); // longer than a client may read nothing
        client.answer().resume();
        get(client.ended);

        assertThat(client.text).contains("event: resume");
        int had = client.ids.size();
        assertThat(client.ids).isEqualTo(places(1, had));
        var again = new Client(client.ids.get(had - 1));
        assertThat(get(again.ids(Feed.REMEMBERED_MAX + 500 - had)))
                .isEqualTo(places(had + 1, Feed.REMEMBERED_MAX + 500));
    }

    @Test
    void events_that_are_kept_no_longer_are_named() {
        var desk = new PlayedRelay("desk");
        desk.publish(10);
        desk.prune(8);

        var client = new Client("desk=2");

        assertThat(get(client.ids(2))).containsExactly("desk=9", "desk=10");
        assertThat(client.text).contains("event: gap\ndata: {\"source\":\"desk\",\"after\":2,\"upto\":10}");
    }

    @Test
    void a_source_that_comes_later_is_followed_as_well() {
        var desk = new PlayedRelay("desk");
        var client = new Client("desk=0");
        desk.publish(1);
        get(client.ids(1));
        var file = new PlayedRelay("file", 1);
        get(client.place("desk=1,file=1"));

        file.publish(1);

        assertThat(get(client.ids(2))).containsExactly("desk=1", "desk=1,file=2");
    }

    @Test
    void a_relay_that_does_not_answer_is_asked_again_when_another_leads() {
        var desk = new PlayedRelay("desk");
        desk.publish(2);
        var client = new Client("desk=0");
        get(client.ids(2));
        desk.fallSilent();
        var successor = new PlayedRelay("desk");
        successor.publish(3); // the first two are those of the one before

        assertThat(get(client.ids(3))).containsExactly("desk=1", "desk=2", "desk=3");
    }

    private static List<String> places(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(position -> "desk=" + position)
                .toList();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("nothing came within 20 s", e);
        }
    }

    /** Tells what events there are, as a relay does. */
    private final class PlayedRelay {
        private final String source;
        private final List<Message<JsonObject>> waiting = new ArrayList<>();
        private long pruned;
        private long position;
        private boolean isSilent;

        PlayedRelay(String source) {
            this(source, 0);
        }

        /** @param position what was published before anybody heard of it */
        PlayedRelay(String source, long position) {
            this.source = source;
            this.position = position;
            get(vertx.eventBus()
                    .<JsonObject>consumer(Addresses.follow(source), this::ask)
                    .completion());
            hello();
        }

        private void hello() {
            var hello = new RelayHello(source, Ids.next().toString(), List.of(position), List.of(pruned));
            vertx.eventBus().publish(Addresses.RELAY_HELLO, hello.toJson());
        }

        synchronized void publish(int count) {
            position += count;
            List.copyOf(waiting).forEach(this::answer);
            waiting.clear();
        }

        synchronized void prune(long upto) {
            pruned = upto;
        }

        synchronized void fallSilent() {
            isSilent = true;
        }

        private synchronized void ask(Message<JsonObject> request) {
            long after = Follow.of(request.body()).after();
            if (after == Follow.NOW || after < position) {
                answer(request);
            } else {
                waiting.add(request);
            }
        }

        private void answer(Message<JsonObject> request) {
            long after = Follow.of(request.body()).after();
            if (isSilent) {
                request.fail(1, "silent");
            } else if (after == Follow.NOW) {
                request.reply(new Followed(source, position, false, List.of()));
            } else {
                long upto = Math.min(position, Math.max(after, pruned) + 100);
                var events = LongStream.rangeClosed(Math.max(after, pruned) + 1, upto)
                        .mapToObj(each -> new Positioned(each, event(source)))
                        .toList();
                request.reply(new Followed(source, upto, after < pruned, events));
            }
        }
    }

    private static Envelope event(String source) {
        var data = Buffer.buffer("{\"text\":\"" + "x".repeat(BODY) + "\"}");
        return new Envelope(
                Ids.next(), source, source + ".noted.v1", "key", Instant.EPOCH, null, Ids.next(), null, null, data);
    }

    /** Keeps the ids of the events that it is told. */
    private final class Client {
        final List<String> ids = new ArrayList<>();
        final StringBuilder text = new StringBuilder();
        final Promise<Void> endPromise = Promise.promise();
        final Future<Void> ended = endPromise.future();
        final Future<Void> placed;
        private final Promise<Void> placedPromise = Promise.promise();
        private final Future<HttpClientResponse> response;
        private final List<Runnable> watchers = new ArrayList<>();
        private String place = "";

        Client(String lastEventId) {
            placed = placedPromise.future();
            response = http.request(HttpMethod.GET, port, "127.0.0.1", "/")
                    .compose(request -> {
                        if (!lastEventId.isEmpty()) {
                            request.putHeader("Last-Event-ID", lastEventId);
                        }
                        return request.send();
                    })
                    .onSuccess(answer ->
                            answer.endHandler(end -> endPromise.complete()).handler(new Lines(this::line)::read));
            get(response);
        }

        HttpClientResponse answer() {
            return response.result();
        }

        private synchronized void line(String line) {
            if (!line.startsWith("data: {\"specversion\"")) {
                text.append(line).append('\n');
            }
            if (line.startsWith("id: ")) {
                place = line.substring(4);
                placedPromise.tryComplete();
            } else if (line.startsWith("data: {\"specversion\"")) {
                ids.add(place);
            }
            watchers.forEach(Runnable::run);
        }

        /** As soon as there are so many. */
        Future<List<String>> ids(int count) {
            return when(() -> ids.size() >= count ? List.copyOf(ids) : null);
        }

        Future<String> place(String expected) {
            return when(() -> place.equals(expected) ? place : null);
        }

        private synchronized <T> Future<T> when(Supplier<T> condition) {
            var promise = Promise.<T>promise();
            Runnable watcher = () -> {
                var value = condition.get();
                if (value != null) {
                    promise.tryComplete(value);
                }
            };
            watchers.add(watcher);
            watcher.run();
            return promise.future();
        }
    }

    /** Puts chunks together to lines. */
    private static final class Lines {
        private final Consumer<String> line;
        private final StringBuilder rest = new StringBuilder();

        Lines(Consumer<String> line) {
            this.line = line;
        }

        void read(Buffer chunk) {
            rest.append(chunk);
            for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
                line.accept(rest.substring(0, end));
                rest.delete(0, end + 1);
            }
        }
    }
}
