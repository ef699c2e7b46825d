package postbus.bench.chaos;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The shop over HTTP, for one who does not give up: what is not answered, or with 503, is asked again with the same key,
 * of the next gateway where there are several. Any other refusal is an answer; 5xx other than 503 is against the contract,
 * noted, and asked again. Thread-safe.
 */
final class FrontDoor {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    private static final int PAUSE_MS = 500;
    private static final int NOTES_MAX = 1_000;

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final List<String> gateways;
    private final Duration patience;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
    private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
    private final Queue<String> givenUp = new ConcurrentLinkedQueue<>();

    /** @param patience for one request with all its repetitions */
    FrontDoor(List<String> gateways, Duration patience) {
        this.gateways = List.copyOf(gateways);
        this.patience = patience;
    }

    /** @param status 0 when there was no answer */
    record Answer(int status, JsonObject body) {
        boolean isAccepted() {
            return status >= 200 && status < 300;
        }
    }

    void put(String path, JsonObject body) {
        require(ask("PUT", path, body, ""), path);
    }

    void post(String path, JsonObject body, String idempotencyKey) {
        require(ask("POST", path, body, idempotencyKey), path);
    }

    void awaitFound(String path) {
        long end = System.nanoTime() + patience.toNanos();
        while (!ask("GET", path, new JsonObject(), "").isAccepted()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(path + " was not found within " + patience);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static void require(Answer answer, String path) {
        if (!answer.isAccepted()) {
            throw new IllegalStateException(path + ": " + answer);
        }
    }

    /** Asks until there is an answer that is one, or patience ends. An empty key is none. */
    Answer ask(String method, String path, JsonObject body, String idempotencyKey) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            var answer = once(method, path, body, idempotencyKey);
            if (answer.status() != 0 && answer.status() < 500) {
                return answer;
            }
            if (answer.status() != 0 && answer.status() != 503) {
                note(unexpected, method + " " + path + " " + idempotencyKey + ": " + answer);
            }
            if (System.nanoTime() > end) {
                note(
                        givenUp,
                        method + " " + path + " " + idempotencyKey + " was given up after " + patience + ", last with "
                                + answer);
                return answer;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(
                    PAUSE_MS / 2 + ThreadLocalRandom.current().nextInt(PAUSE_MS)));
        }
    }

    private static void note(Queue<String> notes, String text) {
        if (notes.size() < NOTES_MAX) {
            notes.add(text);
        }
    }

    private Answer once(String method, String path, JsonObject body, String idempotencyKey) {
        var gateway = gateways.get(Math.floorMod(next.get(), gateways.size()));
        var request = HttpRequest.newBuilder(URI.create(gateway + path)).timeout(ANSWER_WITHIN);
        if (method.equals("GET")) {
            request.GET();
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body.encode()));
        }
        if (!idempotencyKey.isEmpty()) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            count(method, String.valueOf(response.statusCode()));
            return new Answer(response.statusCode(), read(response.body()));
        } catch (IOException e) {
            next.incrementAndGet();
            count(method, e.getClass().getSimpleName());
            return new Answer(0, new JsonObject().put("failure", e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject read(String body) {
        try {
            return new JsonObject(body);
        } catch (DecodeException notJson) {
            return new JsonObject().put("body", body);
        }
    }

    private void count(String method, String outcome) {
        outcomes.computeIfAbsent(method + " " + outcome, key -> new AtomicInteger())
                .incrementAndGet();
    }

    /** Requests by how they were answered, such as {@code POST 202}; each repetition counts. */
    Map<String, Integer> outcomes() {
        var counts = new TreeMap<String, Integer>();
        outcomes.forEach((outcome, count) -> counts.put(outcome, count.get()));
        return counts;
    }

    /** Answers the contract does not know, at most {@value #NOTES_MAX}. */
    List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    /** Requests without an answer until patience ended, at most {@value #NOTES_MAX}. */
    List<String> givenUp() {
        return List.copyOf(givenUp);
    }
}
