package postbus.bench.work;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One system in one round: its process, its database, and what it is told to do. */
final class Measurement {
    static final String PUBLISH_RATIO = "publish ratio";
    static final String MESSAGES = "messages/s";
    static final String WAL = "WAL bytes/message";
    static final String POSTGRES_CPU = "Postgres CPU ms/message";
    static final String PROCESS_CPU = "process CPU ms/message";
    static final String ORDERS = "orders/s";
    static final String ORDERS_EFFECT_EACH = "orders/s, an effect each";
    static final String ORDERS_EFFECTS_100 = "orders/s, effects 100 a transaction";

    /** Messages a second of the measurements at a steady rate. */
    static final List<Integer> RATES = List.of(100, 1_000);

    private static final int PUBLISH_TURNS_IN_STEADY = 16;
    private static final int PLAIN_TURNS_IN_STEADY = 3;

    private final WorkOptions options;
    private final Server server;
    private final Map<String, Double> figures = new LinkedHashMap<>();

    private Measurement(WorkOptions options, Server server) {
        this.options = options;
        this.server = server;
    }

    /** In milliseconds, from the commit of a message to its handler: {@code p50 ms at 100/s}. */
    static String latency(String percentile, int rate) {
        return percentile + " ms at " + rate + "/s";
    }

    /** What goes wrong is in the outcome. */
    static Outcome take(Candidate candidate, int round, WorkOptions options, Server server)
            throws InterruptedException {
        var measurement = new Measurement(options, server);
        var greeting = new SubjectProcess.Greeting("", Map.of());
        var database = candidate.name().replace('-', '_') + "_" + round;
        var log = options.out().resolve("log").resolve(candidate.name() + "-" + round + ".log");
        var wrong = "";
        var url = server.create(database);
        try (var process = new SubjectProcess(candidate, url, options.producers(), log)) {
            greeting = process.awaitReady();
            if (candidate.name().equals(Candidate.PLAIN_SQL)) {
                measurement.plainSql(process);
            } else {
                wrong = measurement.messages(process, database);
            }
        } catch (RuntimeException e) {
            wrong = String.valueOf(e.getMessage());
        }
        server.drop(database);
        return new Outcome(
                round, candidate.name(), greeting.version(), greeting.settings(), measurement.figures, wrong);
    }

    private void plainSql(SubjectProcess process) throws InterruptedException {
        var plain = process.tell(
                "plain %d %d".formatted(options.seconds() * 1_000 / PLAIN_TURNS_IN_STEADY, options.warmUp()));
        figures.put(ORDERS, figure(plain, "order"));
        figures.put(ORDERS_EFFECT_EACH, figure(plain, "effectEach"));
        figures.put(ORDERS_EFFECTS_100, figure(plain, "effects100"));
    }

    /** Returns what is wrong, or nothing. */
    private String messages(SubjectProcess process, String database) throws InterruptedException {
        var publish = process.tell(
                "publish %d %d".formatted(options.seconds() * 1_000 / PUBLISH_TURNS_IN_STEADY, options.warmUp()));
        figures.put(PUBLISH_RATIO, figure(publish, "with") / figure(publish, "without"));
        process.tell("deliver");
        process.tell("send " + options.warmUp());
        throughput(process);
        int messages = options.warmUp() + options.messages();
        for (int rate : RATES) {
            int count = rate * options.seconds();
            var latency = process.tell("steady " + rate + " " + count);
            figures.put(latency("p50", rate), figure(latency, "p50"));
            figures.put(latency("p99", rate), figure(latency, "p99"));
            figures.put(latency("max", rate), figure(latency, "max"));
            figures.put(latency("from due p99", rate), figure(latency, "dueP99"));
            messages += count;
        }
        var repeats = figure(process.tell("repeats"), "repeats");
        return repeats > 0
                ? "%.0f messages came to a handler again".formatted(repeats)
                : server.wrongEffects(database, messages);
    }

    private void throughput(SubjectProcess process) throws InterruptedException {
        server.checkpoint();
        var before = server.usage();
        var cpuBefore = process.cpu();
        var sent = process.tell("send " + options.messages());
        var after = server.usage();
        double count = options.messages();
        figures.put(MESSAGES, figure(sent, "perSecond"));
        figures.put(WAL, (after.walBytes() - before.walBytes()) / count);
        figures.put(POSTGRES_CPU, after.cpuSince(before).toNanos() / 1e6 / count);
        figures.put(PROCESS_CPU, process.cpu().minus(cpuBefore).toNanos() / 1e6 / count);
    }

    private static double figure(Map<String, Double> figures, String name) {
        return figures.getOrDefault(name, Double.NaN);
    }
}
