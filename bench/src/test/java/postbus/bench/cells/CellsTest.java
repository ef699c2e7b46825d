package postbus.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That each cell measures what it says; how much that is does not matter here. */
@Timeout(120)
class CellsTest {
    private static void assertMeasured(Results results, String... figures) {
        for (var figure : figures) {
            assertThat(results.markdown()).contains(" | " + figure + " | ");
        }
    }

    @Test
    void a_node_is_started_and_looked_at() throws Exception {
        var home = Path.of("").toAbsolutePath().getParent();
        assumeThat(home.resolve("verticles/inventory/target/inventory.jar")).exists(); // when it is packaged
        assertMeasured(new Start(1, 1, "inventory", List.of(), home, false).measure(), "s to ready", "MiB resident");
    }
}
