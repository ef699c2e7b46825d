package postbus.bench.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import postbus.bench.Arguments;

/**
 * What a run of {@link ScaleMain} is made of.
 *
 * @param service whose instances come and go
 * @param steps how many there are, one step after the other, rising, each 1 to {@value ChaosOptions#NODES_MAX}
 * @param each how long each step lasts, 3 s to 10 min
 * @param customers who order one after another, 1 to 1,000
 * @param seed of what is ordered
 * @param folder for logs and result; must not be there yet
 */
record ScaleOptions(String service, List<Integer> steps, Duration each, int customers, long seed, Path folder) {
    private static final DateTimeFormatter FOLDER_TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
    private static final int PATIENCE_S = 300;

    static final String USAGE = """
            usage: bench/scale [option value]...

            Starts a cluster of the shop on a Postgres of its own, with two gateways and one node of each other service. While
            customers order, adds instances of one service step by step, kills the last (it is started again), and ends all
            but the first one after another. Then checks all that bench/chaos checks, and that no request failed. Ends with a
            table. Exit code 0 when every promise was kept, 1 when not, 2 when the run could not be made.

              --service NAME   whose instances come and go                   (default inventory)
              --steps A,B,C    how many there are, rising, 1 to 6            (default 1,2,4,6)
              --seconds N      how long each step lasts                      (default 15)
              --customers N    who order, one order after another            (default 8)
              --seed N         of what is ordered                            (default 1)
              --folder PATH    for logs and result, a new one                (default .postbus/scale/TIME)
            """;

    ScaleOptions {
        if (!ChaosOptions.SERVICES.contains(service) || service.equals("auditor")) {
            throw new IllegalArgumentException("--service: there is no service " + service);
        }
        for (int nth = 0; nth < steps.size(); nth++) {
            if (steps.get(nth) <= (nth == 0 ? 0 : steps.get(nth - 1)) || steps.get(nth) > ChaosOptions.NODES_MAX) {
                throw new IllegalArgumentException(
                        "--steps must be rising numbers from 1 to " + ChaosOptions.NODES_MAX + ", are " + steps);
            }
        }
    }

    /** @param now names the folder, when none is given */
    static ScaleOptions parse(String[] arguments, LocalDateTime now) {
        var given = new Arguments(arguments);
        var options = new ScaleOptions(
                given.text("service", "inventory"),
                given.numbers("steps", "1,2,4,6"),
                Duration.ofSeconds(given.number("seconds", 15, 3, 600)),
                given.number("customers", 8, 1_000),
                given.number("seed", 1, 0, Integer.MAX_VALUE),
                Path.of(given.text("folder", ".postbus/scale/" + FOLDER_TIME.format(now))));
        given.requireNoMore();
        return options;
    }

    /** As many instances as there are ever. */
    int most() {
        return steps.get(steps.size() - 1);
    }

    /** The cluster, as a run of chaos without a fault has it. */
    ChaosOptions cluster() {
        var nodes =
                service.equals("gateway") ? "gateway=" + Math.max(2, most()) : "gateway=2," + service + "=" + most();
        return ChaosOptions.parse(
                new String[] {
                    "--nodes",
                    nodes,
                    "--folder",
                    folder.toString(),
                    "--seed",
                    String.valueOf(seed),
                    "--patience",
                    PATIENCE_S + "s"
                },
                seed,
                LocalDateTime.of(2000, 1, 1, 0, 0)); // would name the folder, which is given
    }
}
