package postbus.bench.cells;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import postbus.bench.Arguments;
import postbus.bench.subject.Producers;
import postbus.bench.work.OrderTaken;
import postbus.bench.work.Server;
import postbus.messaging.relay.RelayOptions;
import postbus.node.Node;

/**
 * What further subscriptions cost who publishes.
 *
 * @param rounds in which all numbers of subscriptions take turns, after one that warms up, 1 to 100
 * @param seconds of publishing as fast as it goes, and of publishing at the rate, 1 to 3,600
 * @param producers who commit at the same time, 1 to 100
 * @param rate orders a second of the second measurement, 1 to 10,000
 * @param subscriptions to compare, the first with the others
 */
record Fanout(int rounds, int seconds, int producers, int rate, List<Integer> subscriptions) implements Cell {
    static final String USAGE = """
            subscriptions: orders/s with a message while 1, 2, 5 and 10 subscriptions handle them, one insert each, and how
            long a commit takes at a rate. Publisher, relay and subscriptions are one process and share its processors.
              --rounds N         in which all take turns, after one more     (default 3)
              --seconds N        of each of both                              (default 10)
              --producers N      who commit at the same time                  (default 16)
              --rate N           orders/s when it is not as fast as it goes   (default 100)
              --subscriptions N,… to compare                                  (default 1,2,5,10)
            """;

    private static final int CONNECTIONS = 4;
    private static final int PER_SECOND_MAX = 20_000;

    static Fanout parse(Arguments given) {
        return new Fanout(
                given.number("rounds", 3, 100),
                given.number("seconds", 10, 3_600),
                given.number("producers", 16, 100),
                given.number("rate", 100, 10_000),
                given.numbers("subscriptions", "1,2,5,10"));
    }

    @Override
    public Results measure() throws Exception {
        try (var server = new Server()) {
            var turns = new Turns();
            subscriptions.forEach(count -> turns.add(count + " subscriptions", () -> publish(server, count)));
            return turns.warmUp().take(rounds);
        }
    }

    private Map<String, Double> publish(Server server, int count) throws Exception {
        var url = Server.databaseUrl(server.create("subscriptions"));
        var capacity = seconds * (PER_SECOND_MAX + rate);
        try (var node = Node.alone();
                var source = new Source(node.vertx(), url, producers)) {
            source.startRelay(RelayOptions.DEFAULT);
            var all = new ArrayList<Handled>();
            for (int i = 1; i <= count; i++) {
                var handled = new Handled(node.vertx(), url, "reader-" + i, capacity);
                handled.start(node.vertx(), CONNECTIONS, false, Handled.INSERT);
                all.add(handled);
            }
            all.forEach(handled -> handled.awaitRegistered(source));
            server.checkpoint();
            var figures = new LinkedHashMap<String, Double>();
            int taken = asFastAsItGoes(source, all, figures);
            atRate(source, all, taken, figures);
            all.forEach(Handled::close);
            return figures;
        } finally {
            server.drop("subscriptions");
        }
    }

    private int asFastAsItGoes(Source source, List<Handled> all, Map<String, Double> figures) throws Exception {
        var next = new AtomicInteger();
        long begin = System.nanoTime();
        figures.put(
                "orders/s",
                new Producers(producers, Executors::newVirtualThreadPerTaskExecutor)
                        .rate(
                                Duration.ofSeconds(seconds),
                                () -> source.take(OrderTaken.of(next.getAndIncrement()), () -> {})));
        int taken = next.get();
        long end = begin;
        for (var handled : all) {
            end = Math.max(end, handled.awaitEffects(taken));
        }
        figures.put("deliveries/s, to the last effect", (double) taken * all.size() * 1e9 / (end - begin));
        return taken;
    }

    private void atRate(Source source, List<Handled> all, int from, Map<String, Double> figures) throws Exception {
        Histogram micros = new ConcurrentHistogram(3);
        new Producers(producers, Executors::newVirtualThreadPerTaskExecutor)
                .atRate(rate, from, rate * seconds, number -> {
                    long begin = System.nanoTime();
                    source.take(OrderTaken.of(number), () -> {});
                    micros.recordValue((System.nanoTime() - begin) / 1_000);
                });
        all.forEach(handled -> handled.awaitEffects(from + rate * seconds));
        figures.put("commit at " + rate + "/s, p50 ms", micros.getValueAtPercentile(50) / 1e3);
        figures.put("commit at " + rate + "/s, p99 ms", micros.getValueAtPercentile(99) / 1e3);
    }
}
