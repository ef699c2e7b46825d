package postbus.shop;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Reads server-sent events as a browser does, without coming again by itself. */
final class EventSource implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    /** @param data a CloudEvent */
    record Event(String id, JsonObject data) {
        String type() {
            return data.getString("type");
        }
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final InputStream body;

    /** @param lastEventId empty for none */
    EventSource(String address, String lastEventId) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(address));
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        var response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new AssertionError("answered with " + response.statusCode());
        }
        body = response.body();
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        var id = "";
        var data = new StringBuilder();
        try (var lines = new Scanner(body, StandardCharsets.UTF_8)) {
            while (lines.hasNextLine()) {
                var line = lines.nextLine();
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                } else if (line.isEmpty() && !data.isEmpty()) {
                    events.add(new Event(id, new JsonObject(data.toString())));
                    data.setLength(0);
                }
            }
        }
    }

    /** Events up to the first that is as it should be. */
    List<Event> until(Predicate<Event> isLast) throws InterruptedException {
        var all = new ArrayList<Event>();
        while (all.isEmpty() || !isLast.test(all.get(all.size() - 1))) {
            var next = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no more came after " + all);
            }
            all.add(next);
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
