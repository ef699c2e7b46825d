package postbus.gateway;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Talks HTTP to a gateway, and holds every answer against the contract. */
final class Api {
    record Reply(int status, HttpHeaders headers, String body) {
        String header(String name) {
            return headers.firstValue(name).orElseThrow(() -> new AssertionError("no " + name + " in " + headers));
        }

        JsonObject json() {
            return new JsonObject(body);
        }
    }

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;

    Api(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    Reply get(String path, String... headers) {
        return call("GET", path, null, headers);
    }

    Reply post(String path, Object json, String... headers) {
        return call("POST", path, Json.encode(json), headers);
    }

    Reply put(String path, Object json, String... headers) {
        return call("PUT", path, Json.encode(json), headers);
    }

    /** A JSON body as it is written; null for no body and no content type. */
    Reply call(String method, String path, @Nullable String body, String... headers) {
        return send(method, path, body, headers).join();
    }

    CompletableFuture<Reply> send(String method, String path, @Nullable String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.setHeader("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request.build());
    }

    /** Sends a request as it is. */
    CompletableFuture<Reply> send(HttpRequest request) {
        return CLIENT.sendAsync(request, BodyHandlers.ofString())
                .thenApply(response -> new Reply(response.statusCode(), response.headers(), response.body()))
                .thenApply(reply -> {
                    Documented.requireInContract(request.method(), request.uri().getRawPath(), reply);
                    return reply;
                });
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(PATIENCE);
    }

    /** A connection for those who do not keep to the rules. */
    Wire wire() {
        try {
            return new Wire(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, Object> order(String customerId, Object... lines) {
        return Map.of("customerId", customerId, "lines", java.util.List.of(lines));
    }

    static Map<String, Object> line(String sku, int quantity) {
        return Map.of("sku", sku, "quantity", quantity);
    }

    static Map<String, Object> money(long amount, String currency) {
        return Map.of("amount", amount, "currency", currency);
    }
}
