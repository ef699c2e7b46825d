package postbus.bench.work;

import java.nio.file.Path;
import postbus.bench.Arguments;

/**
 * How much is measured.
 *
 * @param rounds in which plain SQL and Postbus take turns; one more warms up and does not count, 1 to 100
 * @param messages of the throughput measurement of a round, 100 to 10,000,000
 * @param producers who commit at the same time, 1 to 100
 * @param seconds of each rate and each latency measurement, 1 to 3,600
 * @param out folder for the results
 */
record WorkOptions(int rounds, int messages, int producers, int seconds, Path out) {
    static final String USAGE = """
            usage: bench/run [option value]...

            Measures the cost of a message from commit to effect, beside what plain SQL does on the same embedded Postgres
            (fsync and synchronous_commit on), in turns. Checks that each message took effect once, and ends with a table,
            which is also in OUT/results.md and, with every round, OUT/results.json. Exit code 0 when everything is right,
            1 when not, 2 for a wrong option.

              --rounds N       that count, after one that warms up        (default 3)
              --messages N     of a throughput measurement                (default 20000)
              --producers N    who commit at the same time                (default 16)
              --seconds N      of each rate and each latency measurement  (default 10)
              --out FOLDER     for the results                            (default bench/target/run)
            """;

    static WorkOptions parse(String[] arguments) {
        var given = new Arguments(arguments);
        var options = new WorkOptions(
                given.number("rounds", 3, 100),
                given.number("messages", 20_000, 10_000_000),
                given.number("producers", 16, 100),
                given.number("seconds", 10, 3_600),
                Path.of(given.text("out", "bench/target/run")));
        given.requireNoMore();
        return options;
    }
}
