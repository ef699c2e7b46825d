package postbus.bench.cells;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import postbus.bench.Arguments;
import postbus.bench.work.Server;
import postbus.messaging.relay.RelayOptions;
import postbus.node.Node;

/**
 * How fast a new subscription takes what is there already.
 *
 * @param rounds in which the handlers take turns, 1 to 100
 * @param messages of the backlog, 100 to 100,000,000
 * @param connections of the subscription, so lanes it applies at a time, 1 to 100
 */
record Drain(int rounds, int messages, int connections) implements Cell {
    static final String USAGE = """
            drain: messages/s of a subscription that starts with a backlog, with a handler that inserts a row for each, one that
            takes messages together and inserts their rows by one statement, and one that does nothing, so that only the cursor
            moves; and the memory of the process meanwhile.
              --rounds N       in which they take turns                      (default 3)
              --messages N     of the backlog                                (default 1000000)
              --connections N  of the subscription                           (default 8)
            """;

    private static final int PRODUCERS = 4;

    static Drain parse(Arguments given) {
        return new Drain(
                given.number("rounds", 3, 100),
                given.number("messages", 1_000_000, 100_000_000),
                given.number("connections", 8, 100));
    }

    @Override
    public Results measure() throws Exception {
        try (var server = new Server();
                var node = Node.alone();
                var source = new Source(node.vertx(), Server.databaseUrl(server.create("drain")), PRODUCERS)) {
            source.startRelay(RelayOptions.DEFAULT);
            long begin = System.nanoTime();
            source.writeBacklog(0, messages);
            source.awaitCut(messages);
            source.analyze();
            System.out.printf("a backlog of %,d is cut, after %.1f s%n", messages, (System.nanoTime() - begin) / 1e9);
            return measure(server, node, source);
        }
    }

    private Results measure(Server server, Node node, Source source) throws Exception {
        var url = source.url();
        var made = new AtomicInteger();
        return new Turns()
                .add("an insert each", () -> {
                    try (var handled = new Handled(node.vertx(), url, "insert-" + made.incrementAndGet(), messages)) {
                        return drain(server, node, handled, Handled.INSERT, () -> handled.awaitEffects(messages));
                    }
                })
                .add("an insert for all", () -> {
                    try (var handled = new Handled(node.vertx(), url, "batch-" + made.incrementAndGet(), messages)) {
                        return drain(
                                server, node, handled, Handled.INSERT_TOGETHER, () -> handled.awaitEffects(messages));
                    }
                })
                .add("nothing", () -> {
                    try (var handled = new Handled(node.vertx(), url, "nothing-" + made.incrementAndGet(), messages)) {
                        return drain(server, node, handled, Handled.NOTHING, () -> handled.awaitCursors(source));
                    }
                })
                .take(rounds);
    }

    private interface End {
        /** Waits for it; in nanoTime. */
        long await();
    }

    private Map<String, Double> drain(Server server, Node node, Handled handled, Handled.Work work, End end)
            throws InterruptedException {
        server.checkpoint();
        var memory = new Memory.Watch(Duration.ofSeconds(1));
        var before = server.usage();
        long cpuBefore = cpuNanos();
        handled.start(node.vertx(), connections, false, work);
        Looking.until("the first is handled", () -> handled.count() > 0);
        long begin = System.nanoTime();
        long ended = end.await();
        if (handled.count() != messages) {
            throw new IllegalStateException(handled.count() + " of " + messages + " messages came");
        }
        var after = server.usage();
        var figures = new LinkedHashMap<String, Double>();
        figures.put("messages/s", messages * 1e9 / (ended - begin));
        figures.put("Postgres CPU µs/message", after.cpuSince(before).toNanos() / 1e3 / messages);
        figures.put("JVM CPU µs/message", (cpuNanos() - cpuBefore) / 1e3 / messages);
        figures.put("WAL bytes/message", (after.walBytes() - before.walBytes()) / (double) messages);
        figures.putAll(memory.end());
        return figures;
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
