package postbus.bench.work;

import java.util.ArrayList;
import java.util.Collections;

/** See {@link WorkOptions#USAGE}. */
public final class RunMain {
    private RunMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("--help")) {
            System.out.print(WorkOptions.USAGE);
            return;
        }
        WorkOptions options;
        try {
            options = WorkOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(WorkOptions.USAGE);
            System.exit(2);
            return;
        }
        var isRight = false;
        try (var server = new Server()) {
            // Postgres would outlive a run that is broken off; the measured processes end with their input
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            isRight = run(options, server);
        } catch (InterruptedException | RuntimeException e) {
            System.err.println("WRONG: " + e);
        }
        System.exit(isRight ? 0 : 1);
    }

    /** Each round begins with another system, so that none is always the first. Returns whether all is right. */
    private static boolean run(WorkOptions options, Server server) throws InterruptedException {
        var candidates = Candidate.of(options.peers());
        var outcomes = new ArrayList<Outcome>();
        for (int round = 1; round <= options.rounds(); round++) {
            var turn = new ArrayList<>(candidates);
            Collections.rotate(turn, 1 - round);
            for (var candidate : turn) {
                var outcome = Measurement.take(candidate, round, options, server);
                System.out.println("round " + round + " of " + options.rounds() + ", " + Results.line(outcome));
                outcomes.add(outcome);
            }
        }
        var results = new Results(candidates.stream().map(Candidate::name).toList(), outcomes);
        results.write(options, server.version());
        System.out.println();
        System.out.print(results.tables());
        try {
            Plots.write(results, options.out());
        } catch (RuntimeException | LinkageError | InternalError e) {
            System.err.println("No plots: " + e); // a machine without fonts; the figures are there
        }
        return outcomes.stream().allMatch(Outcome::isRight);
    }
}
