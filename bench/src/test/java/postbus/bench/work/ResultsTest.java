package postbus.bench.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.GraphicsEnvironment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static final Results RESULTS = new Results(
            List.of("plain-sql", "postbus", "swift", "broken"),
            List.of(
                    messages(1, "postbus", 100, ""),
                    messages(2, "postbus", 300, ""),
                    messages(3, "postbus", 200, ""),
                    messages(1, "swift", 400, ""),
                    messages(2, "swift", 900, "a message is missing"),
                    messages(1, "broken", 500, "no answer")));

    @TempDir
    Path folder;

    private static Outcome messages(int round, String system, double perSecond, String wrong) {
        return new Outcome(round, system, "1", Map.of(), Map.of(Measurement.MESSAGES, perSecond), wrong);
    }

    @Test
    void the_table_has_medians_and_how_many_times_postbus_that_is() {
        assertThat(RESULTS.tables()).contains("| postbus | 200 |", "| swift | 400 (2.00) |");
    }

    @Test
    void what_is_wrong_is_no_figure_and_is_named() {
        assertThat(RESULTS.median("swift", Measurement.MESSAGES)).isEqualTo(400);
        assertThat(RESULTS.tables())
                .contains(
                        "| broken | wrong |", "- swift, round 2: a message is missing", "- broken, round 1: no answer")
                .doesNotContain("Every message took effect");
    }

    @Test
    void plots_are_drawn() {
        Assumptions.assumeTrue(hasFonts());
        Plots.write(RESULTS, folder);
        assertThat(folder.resolve("throughput.svg")).content().contains("<svg", "swift");
        assertThat(folder.resolve("latency-1000.svg")).isNotEmptyFile();
    }

    private static boolean hasFonts() {
        System.setProperty("java.awt.headless", "true");
        try {
            return GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames().length > 0;
        } catch (RuntimeException | LinkageError | InternalError e) {
            return false;
        }
    }
}
