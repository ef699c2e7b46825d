package postbus.bench.subject;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * What a system can be told to do:
 *
 * <pre>
 * publish MS N      transactions without and with a message in turn, MS each turn, nothing delivered: without, with (a second);
 *                   before that N to warm up, half of them with
 * deliver           forget the messages so far, and deliver from now on
 * send N            N messages in a closed loop, until the last effect is durable: perSecond, from the first commit to then
 * steady RATE N     N messages, RATE a second, until the last effect is durable: p50, p99, max, dueP99 (ms)
 * repeats           how often a handler was given a message again: repeats
 * </pre>
 *
 * It fails when an effect is missing after two minutes, or one is there that should not be.
 */
public final class Work {
    /** Of without and of with a message. */
    private static final int TURNS = 4;

    private static final Duration HANDLED_WITHIN = Duration.ofMinutes(2);

    private final Subject subject;
    private final Watch watch;
    private final Tables tables;
    private final Producers producers;
    private int numbers;

    private Work(Subject subject, Watch watch, Tables tables, Producers producers) {
        this.subject = subject;
        this.watch = watch;
        this.tables = tables;
        this.producers = producers;
    }

    /**
     * Opens a system.
     *
     * @param watch the one that the subject tells
     * @param producers who commit at the same time in a closed loop
     */
    public static Conversation.Partner of(Subject subject, Watch watch, Tables tables, int producers) throws Exception {
        subject.open();
        var work = new Work(subject, watch, tables, new Producers(producers, subject::threads));
        return new Conversation.Partner(
                subject.version(),
                subject.settings(),
                Map.of(
                        "publish", arguments -> work.publish(Duration.ofMillis(arguments.get(0)), arguments.get(1)),
                        "deliver", arguments -> work.deliver(),
                        "send", arguments -> work.send(arguments.get(0)),
                        "steady", work::steady,
                        "repeats", arguments -> Map.of("repeats", (double) watch.repeats())));
    }

    private Map<String, Double> publish(Duration turn, int warmUp) throws InterruptedException, ExecutionException {
        producers.each(0, warmUp, number -> subject.take(Order.of(-1), number % 2 == 0));
        double without = 0;
        double with = 0;
        for (int i = 0; i < TURNS; i++) {
            without += producers.rate(turn, () -> subject.take(Order.of(-1), false)) / TURNS;
            with += producers.rate(turn, () -> subject.take(Order.of(-1), true)) / TURNS;
        }
        return Map.of("without", without, "with", with);
    }

    private Map<String, Double> deliver() throws Exception {
        subject.deliver();
        tables.forgetOrders();
        return Map.of();
    }

    private Map<String, Double> send(int count) throws InterruptedException, ExecutionException, SQLException {
        int first = begin(count);
        producers.each(first, count, number -> subject.take(Order.of(number), true));
        long end = awaitHandled();
        return Map.of("perSecond", count * 1e9 / (end - watch.firstCommit()));
    }

    private Map<String, Double> steady(List<Integer> arguments)
            throws InterruptedException, ExecutionException, SQLException {
        int count = arguments.get(1);
        int first = begin(count);
        producers.atRate(arguments.get(0), first, count, watch::due, number -> subject.take(Order.of(number), true));
        awaitHandled();
        var figures = new LinkedHashMap<String, Double>();
        var latencies = watch.commitToHandler();
        figures.put("p50", latencies.p50());
        figures.put("p99", latencies.p99());
        figures.put("max", latencies.max());
        figures.put("dueP99", watch.dueToHandler().p99());
        return figures;
    }

    private int begin(int count) {
        int first = numbers;
        watch.begin(first, count);
        numbers += count;
        return first;
    }

    /** Waits until all messages so far took effect, durably, and returns when that was seen; in nanoTime. */
    private long awaitHandled() throws InterruptedException, SQLException {
        long begin = System.nanoTime();
        while (true) {
            // Before each was given to a handler, the database need not be asked
            long effects = watch.areAllHandled() ? tables.effects() : -1;
            long now = System.nanoTime();
            if (effects == numbers) {
                return now;
            }
            if (effects > numbers || now - begin > HANDLED_WITHIN.toNanos()) {
                throw new IllegalStateException(tables.effects() + " effects of " + numbers + " messages");
            }
            Thread.sleep(2); // nothing tells when an effect is durable
        }
    }
}
