package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.postgres.ScratchDatabase;

@Timeout(60)
class NodeTest {
    /** A service that does nothing, on a schema with the message tables only. */
    private static final class Idle extends VerticleBase {
        @Override
        public Future<?> start() {
            return Future.succeededFuture();
        }
    }

    private static NodeService idle(String name) {
        return NodeService.withoutSchema(name, node -> new Idle());
    }

    @Test
    void a_node_is_ready_while_its_checks_pass_and_says_what_is_wrong_when_they_do_not() throws Exception {
        var service = NodeService.withoutSchema("idle", node -> {
            assertThat(node.service().service()).isEqualTo("idle");
            return new Idle();
        });
        try (var node = Node.alone()) {
            var settings = Settings.of(Map.of("DATABASE_URL", ScratchDatabase.create(), "HTTP_PORT", "0"));
            node.deploy(List.of(service), name -> settings);
            assertThat(get(node, "/health/live").statusCode()).isEqualTo(200);
            var ready = get(node, "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(new JsonObject(ready.body())).isEqualTo(new JsonObject("""
                    {"status":"up","checks":{"serving":"up","database":"up"}}"""));
            assertThat(get(node, "/metrics").body())
                    .contains("jvm_memory_used_bytes")
                    .contains("vertx_");
        }
    }

    @Test
    void a_node_without_its_database_is_not_ready_and_says_so() throws Exception {
        var service = NodeService.withoutSchema("idle", node -> {
            assertThat(node.service()).isNotNull();
            return new Idle();
        });
        try (var node = Node.alone()) {
            var settings =
                    Settings.of(Map.of("DATABASE_URL", "postgresql://nobody:none@127.0.0.1:1/none", "HTTP_PORT", "0"));
            node.deploy(List.of(service), name -> settings);
            var ready = get(node, "/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(new JsonObject(ready.body()).getJsonObject("checks").getString("database"))
                    .startsWith("down: ");
        }
    }

    @Test
    void nodes_of_one_cluster_name_meet_and_nodes_of_another_do_not() {
        var ours = "ours-" + UUID.randomUUID();
        try (var one = cluster(ours);
                var two = cluster(ours);
                var stranger = cluster("theirs-" + UUID.randomUUID())) {
            var atTwo = listen(two.vertx());
            var atStranger = listen(stranger.vertx());
            await(one.vertx(), () -> {
                one.vertx().eventBus().publish("greetings", "hello");
                return !atTwo.isEmpty();
            });
            assertThat(atStranger).isEmpty();
        }
    }

    @Test
    void a_wrong_setting_is_one_line_and_exit_code_2() throws Exception {
        var process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .redirectErrorStream(true);
        process.environment().put("CLUSTER_PORT", "many");
        var started = process.start();
        var output = new String(started.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(started.waitFor()).isEqualTo(2);
        assertThat(output.strip())
                .isEqualTo("idle: CLUSTER_PORT must be a whole number from 1 to 65000, is 'many' (environment)");
    }

    @Test
    void with_arguments_a_command_runs_instead_of_a_node() throws Exception {
        var started = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "dance")
                .redirectErrorStream(true)
                .start();
        var output = new String(started.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(started.waitFor()).isEqualTo(2);
        assertThat(output).contains("dance").contains("Usage: idle.jar");
    }

    /** A fat jar's main class. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) {
            Node.main(idle("idle"), arguments);
        }
    }

    private static Node cluster(String name) {
        return Node.joinCluster(Settings.of(Map.of("CLUSTER_NAME", name, "CLUSTER_PORT", "26701")));
    }

    private static List<String> listen(Vertx vertx) {
        var heard = new CopyOnWriteArrayList<String>();
        var consumer = vertx.eventBus().<String>consumer("greetings", message -> heard.add(message.body()));
        consumer.completion().await();
        return heard;
    }

    private static HttpResponse<String> get(Node node, String path) throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + node.httpPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void await(Vertx vertx, Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(50, TimeUnit.MILLISECONDS).await();
        }
    }
}
