package postbus.outbox;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import postbus.node.SettingException;

/** What only the cluster knows, its nodes, as a gateway tells it. Blocks. */
final class Overview {
    static final String GATEWAY = "http://127.0.0.1:8080";
    static final String GATEWAY_DESCRIPTION =
            "where a gateway answers, to ask for the nodes of the cluster; default: " + GATEWAY;

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private Overview() {}

    /**
     * @param problems what is wrong, for people
     * @param relays {@code ordering active}
     */
    record Node(
            String id,
            List<String> services,
            String version,
            @Nullable String startedAt,
            @Nullable String host,
            @Nullable Long pid,
            boolean isReady,
            List<String> problems,
            List<String> relays) {}

    /** @param problem why there is no answer; null when there is */
    record Answer(List<Node> nodes, @Nullable String problem) {}

    static Answer ask(String gateway) {
        try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            var request = HttpRequest.newBuilder(URI.create(gateway + "/ops/overview"))
                    .timeout(PATIENCE)
                    .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? new Answer(nodes(new JsonObject(answer.body())), null)
                    : new Answer(List.of(), gateway + " answers " + answer.statusCode());
        } catch (IllegalArgumentException e) {
            throw new SettingException("--gateway must be a URL such as " + GATEWAY + ", is '" + gateway + "'");
        } catch (IOException | DecodeException e) {
            return new Answer(
                    List.of(),
                    "no gateway answers at " + gateway + " (" + e.getClass().getSimpleName() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(List.of(), "interrupted");
        }
    }

    private static List<Node> nodes(JsonObject overview) {
        return objects(overview, "nodes").map(Overview::node).toList();
    }

    private static Node node(JsonObject node) {
        return new Node(
                node.getString("id", "?"),
                texts(node, "services"),
                node.getString("version", "?"),
                node.getString("startedAt"),
                node.getString("host"),
                node.getLong("pid"),
                node.getBoolean("ready", false),
                texts(node, "problems"),
                objects(node, "relays")
                        .map(relay -> relay.getString("source") + " " + relay.getString("state"))
                        .toList());
    }

    private static Stream<JsonObject> objects(JsonObject in, String field) {
        return Optional.ofNullable(in.getJsonArray(field)).stream()
                .flatMap(array -> array.stream())
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast);
    }

    private static List<String> texts(JsonObject in, String field) {
        return Optional.ofNullable(in.getJsonArray(field)).stream()
                .flatMap(array -> array.stream())
                .map(String::valueOf)
                .toList();
    }
}
