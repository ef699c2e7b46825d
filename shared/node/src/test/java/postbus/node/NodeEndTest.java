package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a node ends when it is told to. */
@Timeout(120)
class NodeEndTest {
    private static final String GREETING = "greeting";
    private static final int CLUSTER_PORT = 26_801;

    /** Answers greetings. */
    private static final class Greeter extends VerticleBase {
        private final AtomicInteger greeted;

        Greeter(AtomicInteger greeted) {
            this.greeted = greeted;
        }

        @Override
        public Future<?> start() {
            MessageConsumer<String> greetings = vertx.eventBus().consumer(GREETING, message -> {
                greeted.incrementAndGet();
                message.reply("hello");
            });
            return greetings.completion();
        }
    }

    /** Starts for as long as the node lives, and fails when that ends. */
    private static final class Slow extends VerticleBase {
        private final NodeContext node;

        Slow(NodeContext node) {
            this.node = node;
        }

        @Override
        public Future<?> start() {
            System.out.println("slow is starting");
            Promise<Void> started = Promise.promise();
            vertx.setPeriodic(5, tick -> {
                if (node.isEnding()) {
                    started.tryFail("the node ends");
                }
            });
            return started.future();
        }
    }

    /** A fat jar's main class. */
    static final class SlowMain {
        private SlowMain() {}

        public static void main(String[] arguments) {
            Node.main(NodeService.withoutSchema("slow", Slow::new), arguments);
        }
    }

    /** Requests are sent without a pause, and those that were lost would time out. */
    @Test
    void what_was_sent_to_a_node_before_the_sender_knew_that_it_ends_is_answered() {
        var clusterName = "end-" + UUID.randomUUID();
        var settings = settings(clusterName, CLUSTER_PORT);
        var greetedByStayer = new AtomicInteger();
        try (var asker = Node.joinCluster(settings);
                var stayer = greeter(settings, greetedByStayer)) {
            assertThat(stayer.isEnding()).isFalse();
            var answers = new ArrayList<Future<?>>();
            for (int round = 1; round <= 3; round++) {
                var greetedByLeaver = new AtomicInteger();
                // Not at the port of the one before, where others are still closing connections; no process starts so
                // soon after another
                var leaver = greeter(settings(clusterName, CLUSTER_PORT + 10 * round), greetedByLeaver);
                while (greetedByLeaver.get() == 0) { // bounded by the test's timeout
                    greet(asker.vertx(), answers);
                }
                var end = new Thread(leaver::close, "end");
                end.start();
                while (end.isAlive()) {
                    greet(asker.vertx(), answers);
                }
            }
            Future.join(answers).otherwiseEmpty().await();
            assertThat(answers)
                    .filteredOn(Future::failed)
                    .as("lost of %s", answers.size())
                    .isEmpty();
            assertThat(greetedByStayer).hasPositiveValue();
        }
    }

    private static Settings settings(String clusterName, int clusterPort) {
        return Settings.of(Map.of(
                "CLUSTER_NAME",
                clusterName,
                "CLUSTER_PORT",
                String.valueOf(clusterPort),
                "CLUSTER_MEMBERS",
                "127.0.0.1:" + CLUSTER_PORT,
                "HTTP_PORT",
                "0"));
    }

    private static void greet(Vertx vertx, List<Future<?>> answers) {
        answers.add(vertx.eventBus().request(GREETING, "hi", new DeliveryOptions().setSendTimeout(20_000)));
        vertx.timer(1, TimeUnit.MILLISECONDS).await();
    }

    private static Node greeter(Settings settings, AtomicInteger greeted) {
        var node = Node.joinCluster(settings);
        node.deploy(List.of(NodeService.withoutSchema("greeter", context -> new Greeter(greeted))), name -> settings);
        return node;
    }

    @Test
    void told_to_end_while_it_starts_it_ends_with_0() throws Exception {
        var builder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SlowMain.class.getName())
                .redirectErrorStream(true);
        builder.environment().put("CLUSTER_NAME", "start-" + UUID.randomUUID());
        builder.environment().put("CLUSTER_PORT", "26901");
        var process = builder.start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            var lines = new ArrayList<String>();
            readUntil(output, lines, "slow is starting");
            process.toHandle().destroy();
            readUntil(output, lines, null);
            assertThat(process.waitFor()).as("exit code, after %s", lines).isZero();
            assertThat(lines).contains("slow has ended").noneMatch(line -> line.contains("node.failed"));
        } finally {
            process.destroyForcibly();
        }
    }

    private static void readUntil(BufferedReader output, List<String> lines, String last) throws IOException {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.equals(last)) {
                return;
            }
        }
    }
}
