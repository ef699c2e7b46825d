package postbus.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import postbus.node.NodeService;

/**
 * Every verticle from its fat jar as its own process, members of one cluster on loopback. Lines that say that a node is
 * ready or has ended are passed on; all output goes to a log file each.
 */
final class LocalCluster implements AutoCloseable {
    /** Many JVMs on few cores: what the second compiler would gain later is less than it costs all of them now. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final int READY_WITHIN_S = 120;
    private static final int END_WITHIN_S = 12;

    private final Path conf;
    private final Path logs;
    private final Map<String, String> environment;
    private final List<Node> nodes = new ArrayList<>();
    private volatile boolean isClosing;

    private record Node(String name, Process process, CompletableFuture<Void> ready) {}

    /**
     * @param conf folder with {@code jvm.options}
     * @param logs folder for the log files
     * @param environment what every node gets besides this process's own
     */
    LocalCluster(Path conf, Path logs, Map<String, String> environment) {
        this.conf = conf;
        this.logs = logs;
        this.environment = environment;
    }

    /**
     * Starts one node first, so that the others find a cluster to join; then the others, no more at a time than there are
     * processors, since nodes that starve while they join are taken for dead. Waits until all are ready.
     */
    void start() {
        var names = new ArrayList<>(
                ShopMain.SERVICES.stream().map(NodeService::name).toList());
        names.remove("outbox");
        await(launch("outbox"));
        var atATime = Math.max(1, Runtime.getRuntime().availableProcessors());
        for (int from = 0; from < names.size(); from += atATime) {
            names.subList(from, Math.min(names.size(), from + atATime)).stream()
                    .map(this::launch)
                    .toList()
                    .forEach(LocalCluster::await);
        }
    }

    private Node launch(String name) {
        var jar = Path.of("verticles", name, "target", name + ".jar");
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var builder = new ProcessBuilder(
                        java.toString(), "@" + conf.resolve("jvm.options"), QUICK_START, "-jar", jar.toString())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        if (!name.equals("gateway")) {
            builder.environment().remove("HTTP_PORT"); // is the gateway's; the others take any free one
        }
        try {
            Files.createDirectories(logs);
            var process = builder.start();
            var node = new Node(name, process, new CompletableFuture<>());
            nodes.add(node);
            // No daemon: this process lives as long as one of its nodes does
            Thread.ofPlatform().name(name + "-output").start(() -> passOn(node));
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + jar, e);
        }
    }

    private void passOn(Node node) {
        var log = logs.resolve(node.name() + ".log");
        try (var output = new BufferedReader(
                        new InputStreamReader(node.process().getInputStream(), StandardCharsets.UTF_8));
                var file = Files.newBufferedWriter(log)) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                if (line.startsWith(node.name() + " is ready")) {
                    System.out.println(line + ", pid " + node.process().pid());
                    node.ready().complete(null);
                } else if (line.startsWith(node.name())) {
                    System.out.println(line);
                }
            }
        } catch (IOException e) {
            System.err.println(node.name() + ": output lost: " + e);
        }
        var code = node.process().onExit().join().exitValue();
        node.ready()
                .completeExceptionally(
                        new IllegalStateException(node.name() + " ended with code " + code + ", see " + log));
        if (!isClosing) {
            System.out.println(node.name() + " ended with code " + code + ", see " + log);
        }
    }

    private static void await(Node node) {
        try {
            node.ready().orTimeout(READY_WITHIN_S, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException(node.name() + " did not become ready", e.getCause());
        }
    }

    /** SIGTERM to all, and SIGKILL to what is still there after 12 s. */
    @Override
    public void close() {
        isClosing = true;
        // By handle: Process.destroy would close the stream in which nodes say that they have ended
        nodes.forEach(node -> node.process().toHandle().destroy());
        for (var node : nodes) {
            node.process()
                    .onExit()
                    .completeOnTimeout(node.process(), END_WITHIN_S, TimeUnit.SECONDS)
                    .join();
            if (node.process().isAlive()) {
                node.process().destroyForcibly();
            }
        }
    }
}
