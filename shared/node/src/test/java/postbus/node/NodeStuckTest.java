package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that cannot go on leaves the others, who can. */
@Timeout(180)
class NodeStuckTest {
    private static final String CLUSTER_PORT = "27001";

    /** Greets with its process id, until it is asked for what it should not do. */
    private static final class Fragile extends VerticleBase {
        @Override
        public Future<?> start() {
            var bus = vertx.eventBus();
            MessageConsumer<String> greetings = bus.consumer("greeting", message -> message.reply(pid()));
            MessageConsumer<String> hoards =
                    bus.consumer("hoard " + pid(), message -> Thread.startVirtualThread(Fragile::hoard));
            MessageConsumer<String> naps = bus.consumer("nap " + pid(), message -> nap());
            return Future.all(greetings.completion(), hoards.completion(), naps.completion());
        }

        private static long pid() {
            return ProcessHandle.current().pid();
        }

        /** As a handler may, it goes on when memory runs out. */
        private static void hoard() {
            var hoarded = new ArrayList<byte[]>();
            while (true) {
                try {
                    hoarded.add(new byte[100_000]);
                } catch (OutOfMemoryError e) {
                    System.out.println("hoarded " + hoarded.size());
                }
            }
        }

        private static void nap() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final NodeService FRAGILE = NodeService.withoutSchema("fragile", context -> new Fragile());

    /** A fat jar's main class. */
    static final class FragileMain {
        private FragileMain() {}

        public static void main(String[] arguments) {
            Node.main(FRAGILE, arguments);
        }
    }

    @Test
    void a_node_whose_heap_is_exhausted_leaves_and_the_others_go_on() throws Exception {
        var end = endOfNodeAsked("hoard", "-Xmx48m");
        assertThat(end.exitCode()).as(end.output()).isEqualTo(3);
    }

    @Test
    void a_node_whose_event_loop_is_blocked_says_where_and_leaves_and_the_others_go_on() throws Exception {
        var end = endOfNodeAsked("nap");
        assertThat(end.exitCode()).as(end.output()).isEqualTo(3);
        assertThat(end.output())
                .contains("node.stuck service=fragile reason=\"event loop ")
                .contains("postbus.node.NodeStuckTest$Fragile.nap(");
    }

    /** The disk of {@code /dev/full} is always full. */
    @Test
    void a_node_whose_disk_is_full_goes_on_without_its_log_and_ends_with_0_when_told_to() throws Exception {
        var clusterName = "full-" + UUID.randomUUID();
        var settings = Settings.of(Map.of("CLUSTER_NAME", clusterName, "CLUSTER_PORT", CLUSTER_PORT));
        try (var other = Node.joinCluster(settings)) {
            var full = ProcessBuilder.Redirect.to(new File("/dev/full"));
            var process = builder(clusterName).redirectOutput(full).start();
            try {
                awaitGreetingBy(process.pid(), other.vertx());
                process.toHandle().destroy();
                assertThat(process.waitFor()).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private record End(int exitCode, String output) {}

    /** How a node ends that was asked for this; and another then does what it did. */
    private static End endOfNodeAsked(String wish, String... jvmOptions) throws Exception {
        var clusterName = "stuck-" + UUID.randomUUID();
        var settings = Settings.of(Map.of("CLUSTER_NAME", clusterName, "CLUSTER_PORT", CLUSTER_PORT, "HTTP_PORT", "0"));
        try (var other = Node.joinCluster(settings)) {
            var process = builder(clusterName, jvmOptions).start();
            try {
                var output = CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()));
                awaitGreetingBy(process.pid(), other.vertx());
                other.deploy(List.of(FRAGILE), name -> settings);
                other.vertx().eventBus().send(wish + " " + process.pid(), "please");
                var end = new End(process.waitFor(), output.get());
                // No longer by turns: the one that left is not asked any more
                for (int greetings = 0; greetings < 4; greetings++) {
                    awaitGreetingBy(ProcessHandle.current().pid(), other.vertx());
                }
                return end;
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static ProcessBuilder builder(String clusterName, String... jvmOptions) {
        var command = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/java", "@" + conf().resolve("jvm.options")));
        command.addAll(Arrays.asList(jvmOptions));
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), FragileMain.class.getName()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of("CLUSTER_NAME", clusterName, "CLUSTER_PORT", CLUSTER_PORT, "STUCK_MAX", "PT5S"));
        return builder;
    }

    private static Path conf() {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("conf/jvm.options"))) {
                return folder.resolve("conf");
            }
        }
        throw new IllegalStateException("no conf/jvm.options above here");
    }

    private static String readAll(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks until it is this process that greets. The timeout of the test is the limit. */
    private static void awaitGreetingBy(long pid, Vertx vertx) {
        var isGreeted = false;
        while (!isGreeted) {
            isGreeted = vertx.eventBus()
                    .<Long>request("greeting", "hi", new DeliveryOptions().setSendTimeout(1_000))
                    .map(greeting -> greeting.body() == pid)
                    .otherwise(false)
                    .await();
            vertx.timer(50, TimeUnit.MILLISECONDS).await();
        }
    }
}
