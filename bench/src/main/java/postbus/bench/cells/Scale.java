package postbus.bench.cells;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import postbus.bench.Arguments;
import postbus.bench.work.Server;
import postbus.messaging.relay.RelayOptions;
import postbus.node.Node;
import postbus.node.Settings;

/**
 * What further instances of a service give whose handler waits for somebody else: each on a node of its own, a member of
 * one cluster, with few connections, so that waiting is all there is to share.
 *
 * @param rounds in which all numbers of instances take turns, 1 to 100
 * @param messages for each instance, 10 to 2,000: a backlog beyond 10,000 has a pace of its own
 * @param waitMs of the handler for each message, 1 to 1,000
 * @param pool connections of an instance, so messages it handles at a time, 1 to 100
 * @param instances to compare, the first with the others
 */
record Scale(int rounds, int messages, int waitMs, int pool, List<Integer> instances) implements Cell {
    static final String USAGE = """
            scale: messages/s of a handler that waits, with 1, 2 and 4 instances, each a node of one cluster with a pool of
            its own, in this process. The ends, when not all lanes have work, are left out.
              --rounds N       in which all take turns                       (default 3)
              --messages N     for each instance                             (default 2000)
              --wait N         ms for each message                           (default 5)
              --pool N         connections of an instance                    (default 2)
              --instances N,…  to compare                                    (default 1,2,4)
            """;

    static Scale parse(Arguments given) {
        return new Scale(
                given.number("rounds", 3, 100),
                given.number("messages", 2_000, 2_000),
                given.number("wait", 5, 1_000),
                given.number("pool", 2, 100),
                given.numbers("instances", "1,2,4"));
    }

    @Override
    public Results measure() throws Exception {
        try (var server = new Server()) {
            var turns = new Turns();
            instances.forEach(count -> turns.add(count + " instances", () -> handle(server, count)));
            var results = turns.take(rounds);
            return results.note("Speed-up by instances, of what would be linear: "
                    + String.join(
                            "; ",
                            instances.stream()
                                    .map(count -> speedUp(results, count))
                                    .toList()) + ".");
        }
    }

    private String speedUp(Results results, int count) {
        int first = instances.get(0);
        double ratio = rate(results, count) / rate(results, first);
        return "%d: %.2f".formatted(count, ratio * first / count);
    }

    private static double rate(Results results, int count) {
        return Results.median(results.of(count + " instances").getOrDefault("messages/s", List.of()));
    }

    private Map<String, Double> handle(Server server, int count) {
        int total = messages * count;
        var url = Server.databaseUrl(server.create("scale"));
        var cluster = "bench-" + UUID.randomUUID();
        var nodes = new ArrayList<Node>();
        for (int i = 0; i <= count; i++) {
            nodes.add(Node.joinCluster(
                    Settings.of(Map.of("CLUSTER_NAME", cluster, "CLUSTER_PORT", "27801", "CLUSTER_PORTS", "8"))));
        }
        var here = nodes.get(0).vertx();
        try (var source = new Source(here, url, 4);
                var handled = new Handled(here, url, "handler", total)) {
            source.startRelay(RelayOptions.DEFAULT);
            for (var node : nodes.subList(1, nodes.size())) {
                handled.start(
                        node.vertx(),
                        pool,
                        false,
                        (on, isHandled) -> Handled.INSERT.wire(on, number -> {
                            LockSupport.parkNanos(waitMs * 1_000_000L);
                            isHandled.accept(number);
                        }));
            }
            handled.awaitRegistered(source);
            source.writeBacklog(0, total);
            handled.awaitEffects(total);
            return Map.of("messages/s", middleRate(handled, total));
        } finally {
            nodes.reversed().forEach(Node::close);
            server.drop("scale");
        }
    }

    /** From when a fifth was handled until four fifths were. */
    private static double middleRate(Handled handled, int total) {
        var times = IntStream.range(0, total).mapToLong(handled::at).toArray();
        Arrays.sort(times);
        int from = total / 5;
        int to = total * 4 / 5;
        return (to - from) * 1e9 / (times[to] - times[from]);
    }
}
