package postbus.node;

import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import postbus.messaging.relay.Relay;
import postbus.messaging.wire.Addresses;

/** Broadcasts each second how a node is, and when it leaves, for whoever looks after the whole. */
final class Reporter {
    static final Duration EVERY = Duration.ofSeconds(1);

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Vertx vertx;
    private final String node;
    private final Measures measures;
    private final Health health;
    private final List<Relay> relays;
    private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final String host = host();
    private final List<String> services = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isChecking = new AtomicBoolean();
    private volatile Health.Result latest = Health.Result.STARTING;
    private volatile @Nullable String http;
    private volatile long timer = -1;

    /** @param relays of this node, some of which may come later */
    Reporter(Vertx vertx, String node, Measures measures, Health health, List<Relay> relays) {
        this.vertx = vertx;
        this.node = node;
        this.measures = measures;
        this.health = health;
        this.relays = relays;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private static String build() {
        var version = Reporter.class.getPackage().getImplementationVersion(); // only in a fat jar
        return version == null ? "dev" : version;
    }

    void start(List<String> services) {
        this.services.addAll(services);
        timer = vertx.setPeriodic(0, EVERY.toMillis(), tick -> report());
    }

    /** Where the node answers HTTP. */
    void listensOn(String host, int port) {
        http = host + ":" + port;
    }

    /** Says that this node is about to end, once. */
    void leave() {
        if (timer != -1) {
            vertx.cancelTimer(timer);
            timer = -1;
            publish(true);
        }
    }

    /** What the checks said a second ago. */
    Health.Result latest() {
        return latest;
    }

    private void report() {
        if (isChecking.compareAndSet(false, true)) {
            health.check().onComplete(done -> {
                isChecking.set(false);
                if (done.succeeded()) {
                    latest = done.result();
                }
            });
        }
        publish(false);
    }

    private void publish(boolean isLeaving) {
        vertx.eventBus().publish(Addresses.NODE_REPORT, current(isLeaving).toJson());
    }

    private NodeReport current(boolean isLeaving) {
        return new NodeReport(
                NodeReport.VERSION,
                node,
                services,
                build(),
                startedAt,
                host,
                ProcessHandle.current().pid(),
                http,
                isLeaving,
                latest.problems(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                Math.max(0, PROCESS.getProcessCpuLoad()),
                measures.appended(),
                measures.flows(),
                measures.held(),
                relays.stream().map(Relay::status).toList());
    }
}
