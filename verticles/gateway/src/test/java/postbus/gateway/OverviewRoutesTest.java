package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import postbus.testkit.Await;

/** The overview of a running shop, over HTTP; every answer is held against the contract. */
@ExtendWith(Shop.Extension.class)
@Timeout(60)
class OverviewRoutesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Api api;

    OverviewRoutesTest(Shop shop) {
        this.api = shop.api;
    }

    @Test
    void the_overview_names_sources_with_their_relays_and_the_node_that_runs_all() {
        var overview = Await.value(
                "all relays lead",
                PATIENCE,
                () -> Optional.of(api.get("/ops/overview").json())
                        .filter(found -> sources(found).size() == 4
                                && sources(found).stream()
                                        .allMatch(each -> ((JsonObject) each).containsKey("relayNode"))));
        var node = overview.getJsonArray("nodes").getJsonObject(0);

        assertThat(sources(overview).stream().map(each -> ((JsonObject) each).getString("source")))
                .containsExactly("catalog", "inventory", "ordering", "tracking");
        assertThat(sources(overview).getJsonObject(0).getString("relayNode")).isEqualTo(node.getString("id"));
        assertThat(node.getJsonArray("services")).contains("ordering", "gateway");
        assertThat(node.getLong("pid")).isEqualTo(ProcessHandle.current().pid());
        assertThat(node.getString("http")).isEqualTo("127.0.0.1:" + api.port());
        Await.until(
                "the node says that it is ready",
                PATIENCE,
                () -> api.get("/ops/nodes")
                        .json()
                        .getJsonArray("nodes")
                        .getJsonObject(0)
                        .getBoolean("ready"));
    }

    private static JsonArray sources(JsonObject overview) {
        return overview.getJsonArray("sources");
    }

    @Test
    void subscriptions_are_a_list_of_their_own() {
        assertThat(api.get("/ops/subscriptions").json().getJsonArray("subscriptions"))
                .isNotNull();
    }

    @Test
    void who_listens_gets_an_overview_at_once_and_another_every_second() throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + "/ops/live"))
                .build();
        try (var client = HttpClient.newHttpClient();
                var lines = client.send(request, BodyHandlers.ofLines()).body()) {
            var first = lines.filter(line -> line.startsWith("data: ")).limit(3).collect(Collectors.toList());

            assertThat(first)
                    .allSatisfy(line -> assertThat(new JsonObject(line.substring(6)).getJsonArray("nodes"))
                            .isNotNull());
            client.shutdownNow();
        }
    }
}
