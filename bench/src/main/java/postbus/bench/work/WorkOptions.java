package postbus.bench.work;

import java.nio.file.Path;
import java.util.List;
import postbus.bench.Arguments;

/**
 * How much is measured.
 *
 * @param rounds in which the systems take turns, 1 to 100
 * @param messages of the throughput measurement of a round, 100 to 10,000,000
 * @param warmUp transactions and as many messages of each process before that, 100 to 10,000,000
 * @param producers who commit at the same time, 1 to 100
 * @param seconds of each measurement at a steady rate, 1 to 3,600
 * @param peers that are measured beside plain SQL and Postbus
 * @param out folder for the results
 */
record WorkOptions(int rounds, int messages, int warmUp, int producers, int seconds, List<String> peers, Path out) {
    static final String USAGE = """
            usage: bench/run [option value]...

            Measures what a message costs from commit to effect: Postbus, other ways to do it on the JVM, and what plain SQL
            does, in turns on one embedded Postgres (fsync and synchronous_commit on), each in a fresh process and a fresh
            database. Checks that each message took effect once. Ends with tables, which are also in OUT/results.md with the
            settings of each; every round is in OUT/results.json, plots are OUT/*.svg, what the processes print is in
            OUT/log. Exit code 0 when everything is right, 1 when not, 2 for a wrong option.

            A round takes about 2.5 minutes for each system, so the default run about an hour, and with --peers none 10.

              --peers NAMES    all, none, or some, as in gruelbox,debezium       (default all)
                               gruelbox, db-scheduler, namastack, modulith, debezium, debezium-batch
              --rounds N       of which medians are taken                         (default 3)
              --messages N     of a throughput measurement                        (default 15000)
              --warm-up N      transactions, then messages, before that           (default 60000)
              --producers N    who commit at the same time                        (default 16)
              --seconds N      of each measurement at a steady rate               (default 10)
              --out FOLDER     for the results                                    (default bench/target/run)
            """;

    static WorkOptions parse(String[] arguments) {
        var given = new Arguments(arguments);
        var options = new WorkOptions(
                given.number("rounds", 3, 100),
                given.number("messages", 15_000, 10_000_000),
                given.number("warm-up", 60_000, 10_000_000),
                given.number("producers", 16, 100),
                given.number("seconds", 10, 3_600),
                peers(given.text("peers", "all")),
                Path.of(given.text("out", "bench/target/run")));
        given.requireNoMore();
        return options;
    }

    private static List<String> peers(String text) {
        var peers = switch (text) {
            case "all" -> Candidate.PEERS;
            case "none" -> List.<String>of();
            default -> List.of(text.split(","));
        };
        for (var peer : peers) {
            if (!Candidate.PEERS.contains(peer)) {
                throw new IllegalArgumentException(
                        "--peers must be all, none, or some of " + String.join(",", Candidate.PEERS) + ", is " + text);
            }
        }
        return peers;
    }
}
