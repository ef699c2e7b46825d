package postbus.notifications;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import postbus.testkit.Await;

/** An application outside: remembers what is posted to each path, and answers as its test wants; 204 by default. */
final class TestReceiver {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Posted> posted = new CopyOnWriteArrayList<>();
    private final Map<String, Consumer<HttpServerRequest>> answers = new ConcurrentHashMap<>();
    private final HttpServer server;

    record Posted(String path, MultiMap headers, Buffer body) {
        JsonObject json() {
            return body.toJsonObject();
        }
    }

    TestReceiver(Vertx vertx) {
        server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    posted.add(new Posted(request.path(), request.headers(), body));
                    answers.getOrDefault(request.path(), TestReceiver::accept).accept(request);
                }))
                .listen(0, "127.0.0.1")
                .await();
    }

    private static void accept(HttpServerRequest request) {
        request.response().setStatusCode(204).end();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.actualPort() + path;
    }

    int port() {
        return server.actualPort();
    }

    /** Has a path answered like this from now on. */
    void answer(String path, Consumer<HttpServerRequest> how) {
        answers.put(path, how);
    }

    /** What came to a path so far, in its order. */
    List<Posted> posted(String path) {
        return posted.stream().filter(one -> one.path().equals(path)).toList();
    }

    /** Waits until so many have come to a path. */
    List<Posted> awaitPosted(String path, int count) {
        Await.until(count + " requests to " + path, PATIENCE, () -> posted(path).size() >= count);
        return posted(path);
    }

    void close() {
        server.close().await();
    }
}
