package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import postbus.node.process.Launch;
import postbus.node.process.NodeProcess;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;

/**
 * A shop of nodes that tests start and end one by one: each service from its fat jar, an instance of its own name
 * ({@code ordering-1}), members of one cluster on loopback over one database. Two gateways and one of each other service
 * at first. One for all test classes, which leave it whole; start with {@link Extension}.
 */
final class Fleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final int PORT_MIN = 20_000;
    private static final int PORT_MAX = 25_000;
    private static final int PORTS_TRIED_MAX = 100;

    /** So that an order is never cancelled for being late, and nothing is given up while a node is away. */
    private static final Map<String, String> SETTINGS = Map.of(
            "STOCK_DEADLINE", "PT10M",
            "PAYMENT_DEADLINE", "PT10M",
            "DISPATCH_AFTER", "PT0.1S",
            "REPLY_TIMEOUT", "PT3S",
            "RELAY_SESSION_TIMEOUT", "PT4S",
            "SUBSCRIPTION_TTL", "PT6S",
            "STUCK_MAX", "PT20S",
            "REQUEST_TIMEOUT", "PT2M",
            "HTTP_IDLE_TIMEOUT", "PT3M");

    private static final List<String> INSTANCES = List.of(
            "outbox-1",
            "catalog-1",
            "inventory-1",
            "ordering-1",
            "payment-1",
            "shipping-1",
            "tracking-1",
            "gateway-1",
            "gateway-2");

    private final String databaseUrl = ScratchDatabase.create();
    private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
    private final Map<String, Integer> gatewayPorts =
            new TreeMap<>(Map.of("gateway-1", freePort(), "gateway-2", freePort()));
    private final Launch launch;

    Fleet() {
        try {
            var logs = Files.createTempDirectory("postbus-fleet-");
            launch = Launch.of(Path.of(""), Path.of("conf"), logs)
                    .with(SETTINGS)
                    .with(Map.of(
                            "DATABASE_URL",
                            databaseUrl,
                            "CLUSTER_NAME",
                            "fleet-" + UUID.randomUUID(),
                            "CLUSTER_PORT",
                            "28701",
                            // Each port where nobody listens costs 5 s when one that was given up looks for the others
                            "CLUSTER_PORTS",
                            "14"))
                    .withJvmOptions("-XX:TieredStopAtLevel=1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            start(INSTANCES.get(0)); // for the others to join
            for (int from = 1; from < INSTANCES.size(); from += 2) {
                start(INSTANCES
                        .subList(from, Math.min(from + 2, INSTANCES.size()))
                        .toArray(String[]::new));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * A port that nobody has, below those that the system gives to outgoing connections: what is free now may be used
     * minutes later.
     */
    static int freePort() {
        for (int tries = 1; ; tries++) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                if (tries == PORTS_TRIED_MAX) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Starts these at once, and waits until all are ready. */
    void start(String... instances) {
        var started = new ArrayList<NodeProcess>();
        for (var instance : instances) {
            started.add(launch(instance));
        }
        started.forEach(node -> node.awaitReady(PATIENCE));
    }

    private NodeProcess launch(String instance) {
        var node = process(instance, gatewayPorts.getOrDefault(instance, 0));
        nodes.put(instance, node);
        return node;
    }

    private NodeProcess process(String instance, int port) {
        var service = instance.substring(0, instance.lastIndexOf('-'));
        return NodeProcess.start(launch.with("HTTP_PORT", String.valueOf(port)), service, instance);
    }

    /**
     * Starts one that is to take this one's name, beside it, and returns at once. The caller ends the old one.
     *
     * @param port where it answers HTTP
     */
    NodeProcess succeed(String instance, int port) {
        var successor = process(instance, port);
        nodes.put(instance, successor);
        gatewayPorts.computeIfPresent(instance, (gateway, before) -> port);
        return successor;
    }

    /** SIGTERM: it must drain, and so end with 0 by itself. */
    void end(String instance) {
        var node = nodes.remove(instance);
        node.terminate();
        assertThat(node.awaitExit(PATIENCE))
                .as("exit code of %s: %s", instance, node.output())
                .isZero();
        assertThat(node.output().lines()).contains(node.service() + " has ended");
    }

    /** SIGKILL. */
    void kill(String instance) {
        nodes.remove(instance).close();
    }

    /** SIGSTOP, and waits until another node says that it heard nothing of one for too long. */
    NodeProcess pauseUntilGivenUp(String instance) {
        var stopped = node(instance);
        var before = complaints(stopped);
        stopped.pause();
        Await.until(instance + " is given up", PATIENCE, () -> complaints(stopped) > before);
        return stopped;
    }

    /** The words are Hazelcast's. */
    private long complaints(NodeProcess of) {
        return nodes.values().stream()
                .filter(node -> node != of)
                .flatMap(node -> node.output().lines())
                .filter(line -> line.contains("has not sent any heartbeats"))
                .count();
    }

    NodeProcess node(String instance) {
        return nodes.get(instance);
    }

    String databaseUrl() {
        return databaseUrl;
    }

    /** Of every gateway there is at first. */
    List<String> gateways() {
        return gatewayPorts.values().stream()
                .map(port -> "http://127.0.0.1:" + port)
                .toList();
    }

    @Override
    public void close() {
        nodes.values().forEach(NodeProcess::close);
    }

    /** Gives every test class the one fleet, as a parameter of its constructor or methods. */
    static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Fleet.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Fleet.class))
                    .getOrComputeIfAbsent(Fleet.class, any -> new Fleet(), Fleet.class);
        }
    }
}
