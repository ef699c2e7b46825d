package postbus.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import postbus.node.NodeService;
import postbus.node.process.Launch;
import postbus.node.process.NodeProcess;

/**
 * Every verticle from its fat jar as its own process, members of one cluster on loopback. Lines that say that a node is
 * ready or has ended are passed on; all output goes to a log file each.
 */
final class LocalCluster implements AutoCloseable {
    /** Many JVMs on few cores: what the second compiler would gain later is less than it costs all of them now. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final Duration END_WITHIN = Duration.ofSeconds(12);

    private final Launch launch;
    private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
    private volatile boolean isClosing;

    /**
     * @param conf folder with {@code jvm.options}
     * @param logs folder for the log files
     * @param environment what every node gets besides this process's own
     */
    LocalCluster(Path conf, Path logs, Map<String, String> environment) {
        launch = Launch.of(Path.of(""), conf, logs).with(environment).withJvmOptions(QUICK_START);
    }

    /**
     * Starts one node first, so that the others find a cluster to join; then the others, no more at a time than there are
     * processors, since nodes that starve while they join are taken for dead. Waits until all are ready.
     */
    void start() {
        var names = new ArrayList<>(
                ShopMain.SERVICES.stream().map(NodeService::name).toList());
        names.remove("outbox");
        launch("outbox").awaitReady(READY_WITHIN);
        var atATime = Math.max(1, Runtime.getRuntime().availableProcessors());
        for (int from = 0; from < names.size(); from += atATime) {
            names.subList(from, Math.min(names.size(), from + atATime)).stream()
                    .map(this::launch)
                    .toList()
                    .forEach(node -> node.awaitReady(READY_WITHIN));
        }
    }

    private NodeProcess launch(String name) {
        try {
            Files.deleteIfExists(launch.logs().resolve(name + ".log")); // of an earlier run
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var of = launch.tellingLines(line -> passOn(name, line));
        if (!name.equals("gateway")) {
            of = of.with("HTTP_PORT", "0"); // is the gateway's; the others take any free one
        }
        var node = NodeProcess.start(of, name);
        nodes.add(node);
        var unused = node.onExit().thenAccept(code -> {
            if (!isClosing) {
                System.out.println(name + " ended with code " + code + ", see " + launch.logs());
            }
        });
        return node;
    }

    private static void passOn(String name, String line) {
        if (line.startsWith(name)) {
            System.out.println(line);
        }
    }

    /**
     * In the other order than it was started: all others, then the first one. It leads the cluster, and to hand that on
     * among members that all leave costs each of them seconds.
     */
    @Override
    public void close() {
        isClosing = true;
        if (!nodes.isEmpty()) {
            end(nodes.subList(1, nodes.size()));
            end(nodes.subList(0, 1));
        }
    }

    /** SIGTERM to each, and SIGKILL to what is still there after 12 s. */
    private static void end(List<NodeProcess> nodes) {
        nodes.forEach(NodeProcess::terminate);
        var end = System.nanoTime() + END_WITHIN.toNanos();
        for (var node : nodes) {
            try {
                node.awaitExit(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            } catch (IllegalStateException tooLate) {
                System.out.println(node.service() + " did not end within " + END_WITHIN + " and is killed");
                node.close();
            }
        }
    }
}
