package postbus.bench.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import postbus.node.process.Launch;

/** The shop's nodes, each its own process from its fat jar, and the auditor's. */
final class Cluster implements AutoCloseable {
    /** Many JVMs on few cores: what the second compiler would gain later is less than it costs all of them now. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final int GATEWAY_PORT_MIN = 18_080;

    private final Map<String, Supervised> nodes = new LinkedHashMap<>();
    private final List<String> gateways = new ArrayList<>();

    /**
     * @param home folder with the fat jars, and with {@code conf}
     * @param folder of the run
     * @param network to spread the nodes over; null where all share this machine's
     */
    Cluster(Path home, Path folder, ChaosOptions options, String databaseUrl, @Nullable Network network, RunLog log) {
        var conf = home.resolve("conf");
        var auditorHome = folder.resolve("auditor");
        ThinJar.write(auditorHome.resolve("verticles/auditor/target/auditor.jar"), AuditorMain.class);
        for (var instance : options.instances()) {
            var service = instance.substring(0, instance.lastIndexOf('-'));
            var launch = Launch.of(service.equals("auditor") ? auditorHome : home, conf, folder.resolve("logs"))
                    .with(Map.of(
                            "DATABASE_URL",
                            databaseUrl,
                            "CLUSTER_NAME",
                            "chaos-" + options.seed(),
                            "CLUSTER_PORT",
                            "25701",
                            "HTTP_PORT",
                            "0"))
                    .withJvmOptions(QUICK_START);
            var address = "127.0.0.1";
            if (network != null) {
                // The second node of a service is on the next host
                int turn = ChaosOptions.SERVICES.indexOf(service)
                        + Integer.parseInt(instance.substring(instance.lastIndexOf('-') + 1));
                launch = network.place(launch, turn);
                address = network.host(turn).address();
                log.line(instance + " is on " + network.host(turn).name());
            }
            if (service.equals("gateway")) {
                var port = FreePort.from(GATEWAY_PORT_MIN + gateways.size());
                launch = launch.with("HTTP_PORT", String.valueOf(port));
                gateways.add("http://" + address + ":" + port);
            }
            nodes.put(instance, new Supervised(launch, service, instance, log));
        }
    }

    /**
     * Starts one node first, so that the others find a cluster to join; then the others, no more at a time than there are
     * processors, since nodes that starve while they join are taken for dead. Waits until all are ready.
     */
    void start() throws InterruptedException {
        start(instance -> true);
    }

    /** The same with those that are wanted for now. */
    void start(Predicate<String> isWanted) throws InterruptedException {
        var waiting = new ArrayList<>(nodes.values().stream()
                .filter(node -> isWanted.test(node.instance()))
                .toList());
        start(List.of(waiting.remove(0)));
        int atATime = Runtime.getRuntime().availableProcessors();
        for (int from = 0; from < waiting.size(); from += atATime) {
            start(waiting.subList(from, Math.min(waiting.size(), from + atATime)));
        }
    }

    private static void start(List<Supervised> some) throws InterruptedException {
        some.forEach(Supervised::start);
        for (var node : some) {
            if (!node.awaitReady(READY_WITHIN)) {
                throw new IllegalStateException(node.instance() + " does not become ready, see its log");
            }
        }
    }

    /** Where customers go, each gateway's address. */
    List<String> gateways() {
        return gateways;
    }

    Supervised node(String instance) {
        var node = nodes.get(instance);
        if (node == null) {
            throw new IllegalArgumentException("no instance " + instance);
        }
        return node;
    }

    List<String> notReady() {
        return nodes.values().stream()
                .filter(node -> !node.isReady())
                .map(Supervised::instance)
                .toList();
    }

    /** Restarts of all nodes, those nobody asked for too. */
    int restarts() {
        return nodes.values().stream().mapToInt(Supervised::restarts).sum();
    }

    @Override
    public void close() {
        nodes.values().forEach(Supervised::close);
    }
}
