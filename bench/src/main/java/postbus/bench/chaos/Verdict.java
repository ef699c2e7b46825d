package postbus.bench.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How a run ends: with a table of what happened, and whether each promise was kept. */
final class Verdict {
    private static final int SHOWN_MAX = 10;

    private Verdict() {}

    /**
     * Adds a row for each promise to the table, which goes into the log and, as {@code result.md}, into the folder. Some of
     * what violates a promise goes into the log. Leaves in {@code results} what was not kept.
     *
     * @param results what violates each promise
     */
    static void tell(Map<String, List<String>> results, Table table, RunLog log, Path folder) throws IOException {
        table.row("promise", "");
        table.rule(2);
        results.forEach((promise, violations) ->
                table.row(promise, violations.isEmpty() ? "kept" : "VIOLATED, " + violations.size() + " times"));
        log.line(table.text());
        results.values().removeIf(List::isEmpty);
        results.forEach((promise, violations) -> {
            log.line("VIOLATED: " + promise);
            violations.stream().limit(SHOWN_MAX).forEach(violation -> log.line("  " + violation));
        });
        Files.writeString(folder.resolve("result.md"), table.text());
    }
}
