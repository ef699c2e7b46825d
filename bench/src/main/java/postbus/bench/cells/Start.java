package postbus.bench.cells;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import postbus.bench.Arguments;
import postbus.bench.work.Server;
import postbus.node.process.Launch;
import postbus.node.process.NodeProcess;

/**
 * How long a node takes to be ready, and what memory it has when nothing happens.
 *
 * @param rounds in which all take turns, 1 to 100
 * @param idleS seconds that a node is left alone before its memory is looked at, 1 to 3,600
 * @param service whose fat jar it is
 * @param jvmOptions to compare with {@code conf/jvm.options} alone: each text is a variant, options apart by spaces
 * @param home folder with {@code run}, {@code conf} and the fat jars
 * @param withShop whether {@code ./run} of the shop is measured as well
 */
record Start(int rounds, int idleS, String service, List<String> jvmOptions, Path home, boolean withShop)
        implements Cell {
    static final String USAGE = """
            start: from the start of a fat jar's process to its being ready, its memory when it was left alone for a while,
            and the same of ./run for that service and for the shop, which keeps an archive of classes, not for the first time.
              --rounds N      in which all take turns                       (default 3)
              --idle N        seconds before memory is looked at            (default 60)
              --service NAME  whose fat jar is started                      (default inventory)
              --jvm "OPTIONS" another variant with these, ';' between two   (default none)
              --shop yes|no   whether ./run of the shop is measured         (default yes)
            """;

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    static Start parse(Arguments given) {
        return new Start(
                given.number("rounds", 3, 100),
                given.number("idle", 60, 3_600),
                given.text("service", "inventory"),
                Stream.of(given.text("jvm", "").split(";", -1))
                        .map(String::strip)
                        .filter(options -> !options.isEmpty())
                        .toList(),
                Path.of(""),
                given.text("shop", "yes").equals("yes"));
    }

    @Override
    public Results measure() throws Exception {
        try (var folder = new TemporaryFolder();
                var server = new Server()) {
            var work = folder.path();
            var url = Server.databaseUrl(server.create("start"));
            var launch = Launch.of(home, home.resolve("conf"), work)
                    .with(Map.of("DATABASE_URL", url, "HTTP_PORT", "0", "CLUSTER_NAME", work.toString()));
            node(launch, 0); // makes the schema
            var turns = new Turns().add(service + ".jar", () -> node(launch, idleS));
            for (var options : jvmOptions) {
                var with = launch.withJvmOptions(options.split(" +", -1));
                turns.add(service + ".jar " + options, () -> node(with, idleS));
            }
            var cluster = Map.of("DATABASE_URL", url, "CLUSTER_NAME", work.toString());
            run(work, cluster, 0, service); // makes the archive
            turns.add("./run " + service, () -> run(work, cluster, idleS, service));
            if (withShop) {
                run(work, Map.of(), 0); // makes the data
                turns.add("./run", () -> run(work, Map.of(), idleS));
            }
            return turns.take(rounds).note("Resident memory " + idleS + " s after it was ready.");
        }
    }

    private Map<String, Double> node(Launch launch, int idleS) throws InterruptedException {
        long begin = System.nanoTime();
        try (var node = NodeProcess.start(launch, service)) {
            node.awaitReady(READY_WITHIN);
            var figures = figures(begin, node.pid(), idleS);
            node.terminate();
            node.awaitExit(READY_WITHIN);
            return figures;
        }
    }

    private Map<String, Double> run(Path work, Map<String, String> environment, int idleS, String... arguments)
            throws InterruptedException {
        long begin = System.nanoTime();
        try (var run = RunningShop.open(home, work, environment, arguments)) {
            return figures(begin, run.pid(), idleS);
        }
    }

    private static Map<String, Double> figures(long beginNanos, long pid, int idleS) throws InterruptedException {
        var figures = new LinkedHashMap<String, Double>();
        figures.put("s to ready", (System.nanoTime() - beginNanos) / 1e9);
        figures.put("CPU s to ready", cpu(pid).toMillis() / 1e3);
        Thread.sleep(Duration.ofSeconds(idleS));
        figures.put("MiB resident", Memory.residentMiB(pid));
        return figures;
    }

    private static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }
}
