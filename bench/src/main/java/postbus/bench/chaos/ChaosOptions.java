package postbus.bench.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postbus.bench.Arguments;

/**
 * What a run is made of.
 *
 * @param orders to place, 1 to 1,000,000
 * @param during how long faults are drawn for, 10 s to 24 h
 * @param every between two faults on the average, 1 s to 1 h
 * @param rate orders placed a second, at most 1,000; 0 to spread them over the time of faults
 * @param seed of the faults and of what is ordered
 * @param schedule a file to read the faults from instead of drawing them
 * @param nodes how many of each service, 1 to {@value #NODES_MAX}; those not named: one
 * @param hosts network namespaces to spread the nodes over, 2 to 9; 0: none, and no network faults
 * @param patience for everything to settle after the last fault, 10 s to 1 h
 * @param folder for logs, seed, schedule and result; must not be there yet
 */
record ChaosOptions(
        int orders,
        Duration during,
        Duration every,
        int rate,
        long seed,
        @Nullable Path schedule,
        Map<String, Integer> nodes,
        int hosts,
        Duration patience,
        Path folder) {
    /** Of one service. */
    static final int NODES_MAX = 6;

    /** In the order in which they are started. The outbox comes first, so that others find a cluster to join. */
    static final List<String> SERVICES = List.of(
            "outbox",
            "catalog",
            "inventory",
            "ordering",
            "payment",
            "shipping",
            "tracking",
            "notifications",
            "auditor",
            "gateway");

    private static final DateTimeFormatter FOLDER_TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    static final String USAGE = """
            usage: bench/chaos [option value]...

            Starts a cluster of the shop on a Postgres of its own, places orders, lets things go wrong meanwhile, and then
            checks that nothing was lost, doubled or put out of order, and that stock and money add up. Ends with a table.
            Exit code 0 when every promise was kept, 1 when not, 2 when the run could not be made.

              --orders N           orders to place                           (default 20000)
              --for DURATION       how long faults are drawn for             (default 15m)
              --every DURATION     between two faults, on the average        (default 8s)
              --rate N             orders a second at most                   (default: spread over the time of faults)
              --seed N             of all chance                             (default: a new one, printed)
              --schedule FILE      take the faults from a file instead
              --nodes A=N,B=N      nodes of a service, else one              (default outbox=2,ordering=2,inventory=2)
              --hosts N            spread them over N network namespaces     (default 0: none, and no network faults)
              --patience DURATION  for all to settle after the last fault    (default 10m)
              --folder PATH        for logs, seed and schedule, a new one    (default .postbus/chaos/TIME-SEED)

            A schedule has one fault a line, with the time after which it begins, such as "20s stop outbox-1 for 40s"; # begins
            a comment. The one that was run is kept as schedule.txt, so that any run can be made again. Faults are:

            """ + FaultText.FORMS.indent(2);

    /**
     * @param freshSeed for when none is given
     * @param now names the folder, when none is given
     */
    static ChaosOptions parse(String[] arguments, long freshSeed, LocalDateTime now) {
        var given = new Arguments(arguments);
        var seed = given.number("seed", freshSeed, 0, Long.MAX_VALUE);
        var schedule = given.text("schedule");
        var options = new ChaosOptions(
                (int) given.number("orders", 20_000, 1, 1_000_000),
                duration(given, "for", Duration.ofMinutes(15), Duration.ofSeconds(10), Duration.ofHours(24)),
                duration(given, "every", Duration.ofSeconds(8), Duration.ofSeconds(1), Duration.ofHours(1)),
                (int) given.number("rate", 0, 1, 1_000),
                seed,
                schedule == null ? null : Path.of(schedule),
                nodes(given.text("nodes")),
                (int) given.number("hosts", 0, 2, 9),
                duration(given, "patience", Duration.ofMinutes(10), Duration.ofSeconds(10), Duration.ofHours(1)),
                Path.of(given.text("folder", ".postbus/chaos/" + FOLDER_TIME.format(now) + "-" + seed)));
        given.requireNoMore();
        return options;
    }

    /** Beside the folder, where runs share the server's binaries. */
    Path databaseFolder() {
        return folder.resolveSibling(folder.getFileName() + "-postgres");
    }

    /** The nodes by name, in the order of {@link #SERVICES}. */
    List<String> instances() {
        var instances = new ArrayList<String>();
        nodes.forEach((service, count) -> {
            for (int nth = 1; nth <= count; nth++) {
                instances.add(service + "-" + nth);
            }
        });
        return instances;
    }

    private static Map<String, Integer> nodes(@Nullable String text) {
        var nodes = new LinkedHashMap<String, Integer>();
        SERVICES.forEach(service -> nodes.put(service, 1));
        for (var part : (text == null ? "outbox=2,ordering=2,inventory=2" : text).split(",", -1)) {
            var sides = part.split("=", -1);
            if (sides.length != 2 || !nodes.containsKey(sides[0]) || !sides[1].matches("[1-" + NODES_MAX + "]")) {
                throw new IllegalArgumentException("--nodes must be such as ordering=2,payment=1, each 1 to "
                        + NODES_MAX + ", of " + String.join(", ", SERVICES) + "; is " + text);
            }
            nodes.put(sides[0], Integer.parseInt(sides[1]));
        }
        return nodes;
    }

    private static Duration duration(Arguments given, String name, Duration defaultValue, Duration min, Duration max) {
        var text = given.text(name);
        if (text == null) {
            return defaultValue;
        }
        var duration = FaultText.readDuration(text);
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw new IllegalArgumentException("--" + name + " must be from " + FaultText.write(min) + " to "
                    + FaultText.write(max) + ", is " + text);
        }
        return duration;
    }
}
