package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import postbus.gateway.access.Caller;
import postbus.messaging.Refusal;

class EventStreamTest {
    private static final Vertx VERTX = Vertx.vertx();
    /** One that nobody holds is closed when the garbage is collected. */
    private static final HttpClient HTTP = VERTX.createHttpClient();

    @AfterAll
    static void close() {
        VERTX.close().await();
    }

    @Test
    void events_are_written_as_the_standard_says() {
        var answer = ask(streams -> {}, stream -> {
                    stream.send("ordering=7", Buffer.buffer("{\n \"a\": 1\r\n}"));
                    stream.send("snapshot", null, Buffer.buffer("{}"));
                    stream.endToResume();
                })
                .compose(HttpClientResponse::body);

        assertThat(get(answer).toString()).isEqualTo("""
                        retry: 1000

                        id: ordering=7
                        data: {
                        data:  "a": 1
                        data: }

                        event: snapshot
                        data: {}

                        event: resume
                        data:

                        """);
    }

    @Test
    void heartbeats_come_while_nothing_happens() {
        var beaten = Promise.<Void>promise();
        var read = Buffer.buffer();
        ask(streams -> {}, stream -> {})
                .onSuccess(response -> response.handler(chunk -> {
                    if (read.appendBuffer(chunk).toString().contains("\n\n: heartbeat\n\n")) {
                        beaten.tryComplete();
                    }
                }));

        get(beaten.future());
    }

    @Test
    void a_client_that_does_not_read_makes_its_stream_unready_and_is_sent_no_more() {
        var unready = Promise.<EventStream>promise();
        var answer = ask(streams -> {}, stream -> write(stream, unready));
        get(answer).pause();
        var stream = get(unready.future());
        var readyAgain = Promise.<Void>promise();
        stream.whenReady(readyAgain::complete);

        assertThat(readyAgain.future().isComplete()).isFalse();
        get(answer).resume();
        get(readyAgain.future());
    }

    private static void write(EventStream stream, Promise<EventStream> unready) {
        for (int i = 0; stream.isReady(); i++) {
            stream.send(String.valueOf(i), Buffer.buffer("x".repeat(10_000)));
        }
        // The first time only this process is full, and the sockets take the rest
        VERTX.setTimer(50, later -> {
            if (stream.isReady()) {
                write(stream, unready);
            } else {
                unready.complete(stream);
            }
        });
    }

    @Test
    void a_client_that_leaves_ends_its_stream() {
        var ended = Promise.<Void>promise();
        var answer = ask(streams -> {}, stream -> stream.atEnd(ended::complete));

        get(answer).request().connection().close();

        get(ended.future());
    }

    @Test
    void a_client_whose_token_has_expired_is_told_to_come_again() {
        var expired = new Caller("c-1", "c-1", Set.of(), Instant.now());

        var body = ask(expired, streams -> {}, stream -> {}).compose(HttpClientResponse::body);

        assertThat(get(body).toString()).isEqualTo("retry: 1000\n\nevent: resume\ndata:\n\n");
    }

    @Test
    void there_are_no_more_streams_than_the_limit() {
        var streams = Promise.<EventStreams>promise();
        get(ask(streams::complete, stream -> {}));

        assertThatThrownBy(() -> get(streams.future()).requireRoom())
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("1 event streams");
    }

    @Test
    void when_all_are_ended_each_client_is_told_to_come_again_and_no_other_is_taken() {
        var streams = Promise.<EventStreams>promise();
        var body = ask(streams::complete, stream -> {}).compose(HttpClientResponse::body);
        var all = get(streams.future());

        VERTX.runOnContext(now -> all.end());

        assertThat(get(body).toString()).endsWith("event: resume\ndata:\n\n");
        assertThatThrownBy(all::requireRoom).isInstanceOf(Refusal.class).hasMessageContaining("ending");
    }

    /** The answer of a server whose only stream is given to someone. */
    private static Future<HttpClientResponse> ask(Consumer<EventStreams> made, Consumer<EventStream> source) {
        return ask(Caller.DEMO, made, source);
    }

    private static Future<HttpClientResponse> ask(
            Caller reader, Consumer<EventStreams> made, Consumer<EventStream> source) {
        return VERTX.createHttpServer()
                .requestHandler(request -> {
                    var streams = new EventStreams(VERTX, 1, Duration.ofMillis(20));
                    source.accept(streams.open(request.response(), reader));
                    made.accept(streams);
                })
                .listen(0, "127.0.0.1")
                .map(HttpServer::actualPort)
                .compose(port -> HTTP.request(HttpMethod.GET, port, "127.0.0.1", "/"))
                .compose(request -> request.send());
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("nothing came within 20 s", e);
        }
    }
}
