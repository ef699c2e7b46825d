package postbus.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The shop's HTTP front door. What is answered 503, or not answered, is asked again, with the same idempotency key: that
 * is what the contract says is safe.
 */
final class Shop {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int TRIES_MAX = 60;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;

    Shop(URI address) {
        this.address = address;
    }

    JsonObject get(String path) {
        return send(request(path).GET().build(), 200);
    }

    JsonObject put(String path, JsonObject body) {
        return send(
                request(path)
                        .PUT(HttpRequest.BodyPublishers.ofString(body.encode()))
                        .build(),
                200);
    }

    JsonObject post(String path, JsonObject body, String idempotencyKey, int expected) {
        return send(
                request(path)
                        .header("Idempotency-Key", idempotencyKey)
                        .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                        .build(),
                expected);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json");
    }

    private JsonObject send(HttpRequest request, int expected) {
        for (int tries = 1; ; tries++) {
            String outcome;
            try {
                var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == expected) {
                    return new JsonObject(answer.body());
                }
                outcome = answer.statusCode() + " " + answer.body();
                if (answer.statusCode() != 503) {
                    throw new IllegalStateException(request.method() + " " + request.uri() + ": " + outcome);
                }
            } catch (IOException e) {
                outcome = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (tries == TRIES_MAX) {
                throw new IllegalStateException(request.method() + " " + request.uri() + ": " + outcome);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }
}
