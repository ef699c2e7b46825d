package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;
import postbus.testkit.TcpProxy;

/** A node whose database is away: at its start, and later. */
@Timeout(240)
class NodeWithoutDatabaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private TcpProxy proxy;
    private Node node;
    private Pool work;

    private static final class Idle extends VerticleBase {
        @Override
        public Future<?> start() {
            return Future.succeededFuture();
        }
    }

    private final NodeService service = NodeService.of("idle", context -> {
        work = context.service().pool();
        return new Idle();
    });

    @BeforeEach
    void start() {
        proxy = TcpProxy.to(5432);
        node = Node.alone();
    }

    @AfterEach
    void stop() {
        node.close();
        proxy.close();
    }

    @Test
    void a_node_waits_for_the_database_and_says_so() throws Exception {
        var settings = settings(Map.of());
        proxy.refuse();
        var deployed = CompletableFuture.runAsync(() -> node.deploy(List.of(service), name -> settings));
        Await.until("it listens", PATIENCE, () -> node.httpPort() != 0);

        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/started").statusCode()).isEqualTo(503);
        var ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(check(ready, "serving")).isEqualTo("down: starting");
        assertThat(check(ready, "database")).startsWith("down: ");
        assertThat(deployed).isNotDone();

        proxy.pass();
        deployed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(get("/health/started").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void a_node_whose_patience_ends_does_not_start() {
        var settings = settings(Map.of("DATABASE_PATIENCE", "PT0S"));
        proxy.refuse();
        assertThatThrownBy(() -> node.deploy(List.of(service), name -> settings))
                .hasMessageContaining("Unable to obtain connection from database");
    }

    @Test
    void a_database_that_refuses_us_is_not_waited_for() {
        var url = proxied(ScratchDatabase.create()) + "_other";
        var settings = settings(Map.of("DATABASE_URL", url));
        assertThatThrownBy(() -> node.deploy(List.of(service), name -> settings))
                .hasMessageContaining("does not exist");
    }

    @Test
    void a_node_is_not_ready_while_the_database_does_not_answer_and_ready_again_when_it_does() throws Exception {
        var settings = settings(Map.of());
        node.deploy(List.of(service), name -> settings);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);

        proxy.blackHole();
        var ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(check(ready, "serving")).isEqualTo("up");
        assertThat(check(ready, "database")).startsWith("down: ");

        proxy.pass();
        Await.until("ready again", PATIENCE, () -> get("/health/ready").statusCode() == 200);
    }

    @Test
    void a_node_is_ready_while_all_its_connections_are_at_work() {
        var settings = settings(Map.of("DATABASE_POOL_SIZE", "1"));
        node.deploy(List.of(service), name -> settings);
        var busy = work.getConnection().await();
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        busy.close().await();
    }

    private Settings settings(Map<String, String> some) {
        var all = new HashMap<>(Map.of("HTTP_PORT", "0"));
        all.putAll(some);
        all.computeIfAbsent("DATABASE_URL", name -> proxied(ScratchDatabase.create()));
        return Settings.of(all);
    }

    private String proxied(String url) {
        var port = url.replaceAll(".*:(\\d+)/.*", "$1");
        proxy.leadTo(Integer.parseInt(port));
        return url.replace(":" + port + "/", ":" + proxy.port() + "/");
    }

    private HttpResponse<String> get(String path) {
        var uri = URI.create("http://127.0.0.1:" + node.httpPort() + path);
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String check(HttpResponse<String> ready, String name) {
        return new JsonObject(ready.body()).getJsonObject("checks").getString(name);
    }
}
