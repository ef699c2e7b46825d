package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether a member is ready when others fall silent, or leave. */
@Timeout(240)
class ClusterHealthTest {
    private static final String CLUSTER_PORT = "28101";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String clusterName = "health-" + UUID.randomUUID();
    private final Settings settings =
            Settings.of(Map.of("CLUSTER_NAME", clusterName, "CLUSTER_PORT", CLUSTER_PORT, "HTTP_PORT", "0"));
    private final List<Process> processes = new ArrayList<>();

    private static final class Idle extends VerticleBase {
        @Override
        public Future<?> start() {
            return Future.succeededFuture();
        }
    }

    private static final NodeService IDLE = NodeService.withoutSchema("idle", context -> new Idle());

    /** A fat jar's main class. */
    static final class IdleMain {
        private IdleMain() {}

        public static void main(String[] arguments) {
            Node.main(IDLE, arguments);
        }
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
    }

    /** A process that is stopped answers as little as one behind a cut network. */
    @Test
    void a_member_is_not_ready_while_it_is_cut_off_from_most_others() throws Exception {
        try (var node = join()) {
            processes.add(start());
            processes.add(start());
            awaitMembers(node, 3);
            await(node, check -> check.equals("up"));

            signalAll("STOP");
            await(node, check -> check.equals("down: cut off from 2 of 3 members"));

            signalAll("CONT");
            await(node, check -> check.equals("up"));
        }
    }

    @Test
    void a_member_whom_all_others_leave_in_good_order_is_ready() throws Exception {
        try (var node = join()) {
            var second = join();
            var third = join();
            awaitMembers(node, 3);
            second.close();
            third.close();
            awaitMembers(node, 1);
            assertThat(check(node)).isEqualTo("up");
        }
    }

    @Test
    void a_node_that_drains_is_not_ready_before_anything_of_it_ends() throws Exception {
        try (var other = join()) {
            var node = join();
            awaitMembers(other, 2);
            assertThat(ready(node).getString("status")).isEqualTo("up");
            var end = new Thread(node::close, "end");
            end.start();
            JsonObject readiness;
            do { // it answers for a second more, in which others hear that it leaves
                readiness = ready(node);
            } while (readiness.getString("status").equals("up"));
            assertThat(readiness.getJsonObject("checks").getString("serving")).isEqualTo("down: draining");
            end.join();
        }
    }

    private Node join() {
        var node = Node.joinCluster(settings);
        node.deploy(List.of(IDLE), name -> settings);
        return node;
    }

    private Process start() throws IOException {
        var builder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleMain.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment()
                .putAll(Map.of("CLUSTER_NAME", clusterName, "CLUSTER_PORT", CLUSTER_PORT, "HTTP_PORT", "0"));
        return builder.start();
    }

    private void signalAll(String signal) throws Exception {
        for (var process : processes) {
            assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }
    }

    private static void awaitMembers(Node node, int count) {
        var member = (Member) ((io.vertx.core.internal.VertxInternal) node.vertx()).clusterManager();
        await(() -> member.getNodes().size() == count, count + " members");
    }

    private static void await(Node node, Predicate<String> isExpected) {
        var seen = new ArrayList<String>();
        await(
                () -> {
                    var check = check(node);
                    if (seen.isEmpty() || !seen.get(seen.size() - 1).equals(check)) {
                        seen.add(check);
                    }
                    return isExpected.test(check);
                },
                seen);
    }

    private static void await(java.util.function.BooleanSupplier condition, Object what) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within %s: %s", PATIENCE, what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static String check(Node node) {
        return ready(node).getJsonObject("checks").getString("cluster");
    }

    private static JsonObject ready(Node node) {
        var uri = URI.create("http://127.0.0.1:" + node.httpPort() + "/health/ready");
        try {
            return new JsonObject(HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
