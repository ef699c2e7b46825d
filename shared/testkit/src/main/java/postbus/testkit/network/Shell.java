package postbus.testkit.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Commands of the system, run to their end. */
final class Shell {
    private static final int SECONDS_MAX = 30;

    private Shell() {}

    /** Runs a command and returns what it printed; fails with that when its exit code is not 0. */
    static String run(String... command) {
        return runWith("", command);
    }

    /** Runs a command that reads this from its standard input. */
    static String runWith(String input, String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
                stdin.write(input);
            }
            var limit = process.onExit()
                    .orTimeout(SECONDS_MAX, TimeUnit.SECONDS)
                    .whenComplete((ended, tooLate) -> {
                        if (tooLate != null) {
                            process.destroyForcibly();
                        }
                    });
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (limit.join().exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(List.of(command).get(0) + " cannot be run", e);
        } catch (CompletionException e) {
            throw new IllegalStateException(String.join(" ", command) + ": not within " + SECONDS_MAX + " s", e);
        }
    }
}
