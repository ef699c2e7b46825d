package postbus.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a fat jar's node, from its start to its exit code. SIGTERM and SIGINT end it with 0 whenever they come, also
 * while it starts: what the end then breaks in the start is no failure.
 */
final class NodeRun {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRun.class);

    /** After SIGTERM or SIGINT. */
    static final int ENDED = 0;
    /** The start failed, or the end did not come in time. */
    static final int FAILED = 1;
    /** A setting is missing or wrong. */
    static final int WRONG_SETTING = 2;

    /** It could not go on: the JVM's own code when the heap is exhausted, see {@code conf/jvm.options}. */
    static final int STUCK = 3;

    /** How long the log has for what was found stuck. */
    private static final Duration REPORT_MAX = Duration.ofSeconds(5);
    /** How long the end waits for a node that is about to join, in order to leave properly. */
    private static final Duration JOIN_MAX = Duration.ofSeconds(5);
    /** After which the end is forced. */
    private static final Duration END_MAX = Duration.ofMillis(9_500);

    private final NodeService service;
    private final CompletableFuture<Node> joined = new CompletableFuture<>();
    private volatile boolean isEnding;

    /**
     * How long a node that cannot go on is waited for.
     *
     * @param stuckMax threads that are blocked, 5 s to 1 h
     * @param unansweredMax a cluster that does not answer, 30 s to 1 h
     */
    record Patience(Duration stuckMax, Duration unansweredMax) {
        static Patience of(Settings settings) {
            return new Patience(
                    settings.duration("STUCK_MAX", Duration.ofMinutes(1), Duration.ofSeconds(5), Duration.ofHours(1)),
                    settings.duration(
                            "CLUSTER_UNANSWERED_MAX",
                            Duration.ofMinutes(2),
                            Duration.ofSeconds(30),
                            Duration.ofHours(1)));
        }
    }

    NodeRun(NodeService service) {
        this.service = service;
    }

    /** @param folder of the settings */
    void start(Path folder) {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "drain"));
        System.setProperty("hazelcast.logging.type", "slf4j"); // also before it has its configuration
        try {
            var settings = Settings.load(folder, service.name(), System.getenv());
            var patience = Patience.of(settings);
            var begin = System.nanoTime();
            var node = Node.joinCluster(settings);
            joined.complete(node);
            new Watchdog(node.threads(), patience.stuckMax(), Watchdog::collectingMillis, this::leave).start();
            new Watchdog(Map.of("cluster", node.clusterChecks()), patience.unansweredMax(), () -> 0, this::leave)
                    .start();
            if (isEnding) {
                return;
            }
            node.deploy(List.of(service), name -> settings);
            System.out.printf(
                    "%s is ready after %.1f s, http://127.0.0.1:%d%n",
                    service.name(), (System.nanoTime() - begin) / 1e9, node.httpPort());
        } catch (SettingException e) {
            System.err.println(service.name() + ": " + e.getMessage());
            Runtime.getRuntime().halt(WRONG_SETTING);
        } catch (Exception e) {
            if (isEnding) {
                LOG.info("node.start service={} broken off: {}", service.name(), e.toString());
                return; // the hook gives the exit code
            }
            LOG.error("node.failed service={}", service.name(), e);
            Runtime.getRuntime().halt(FAILED);
        }
    }

    /** The hook. It halts: the JVM's own code for a signal would be 143. */
    private void end() {
        isEnding = true;
        forceEndLater();
        try {
            joined.get(JOIN_MAX.toMillis(), TimeUnit.MILLISECONDS).close();
        } catch (TimeoutException e) {
            LOG.info("node.end service={} had not joined yet", service.name());
        } catch (ExecutionException | InterruptedException | RuntimeException e) {
            LOG.warn("node.end service={} failed", service.name(), e);
        }
        System.out.println(service.name() + " has ended");
        Runtime.getRuntime().halt(ENDED);
    }

    /** At once: what is stuck cannot drain. To write the log may be what is stuck, so that is not waited for either. */
    private void leave(String why) {
        var reported = new CompletableFuture<Void>();
        var report = new Thread(
                () -> {
                    LOG.error("node.stuck service={} reason=\"{}\": leaving. Its threads:", service.name(), why);
                    System.err.println(Watchdog.threads());
                    reported.complete(null);
                },
                "report");
        report.setDaemon(true);
        report.start();
        try {
            reported.get(REPORT_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | InterruptedException e) {
            System.err.println(service.name() + " is stuck, and so is its log: " + why);
        }
        Runtime.getRuntime().halt(STUCK);
    }

    private void forceEndLater() {
        var force = new Thread(
                () -> {
                    var end = System.nanoTime() + END_MAX.toNanos();
                    for (long left = END_MAX.toNanos(); left > 0; left = end - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    System.err.println(service.name() + " did not end within " + END_MAX + " and is ended");
                    Runtime.getRuntime().halt(FAILED);
                },
                "force-end");
        force.setDaemon(true);
        force.start();
    }
}
