package postbus.bench.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That what is measured works; how fast it is does not matter here. */
@Timeout(180)
class WorkTest {
    private static final WorkOptions FEW = new WorkOptions(1, 200, 4, 1, Path.of("unused"));

    @Test
    void the_work_is_done_and_every_figure_is_there() throws InterruptedException, ExecutionException {
        try (var server = new Server()) {
            assertThat(PlainSql.measure(server.create("plain"), FEW))
                    .hasSize(3)
                    .allSatisfy((what, figure) -> assertThat(figure).as(what).isPositive());
            try (var postbus = new Postbus(server.create("postbus"), FEW, server)) {
                assertThat(postbus.measure())
                        .containsKeys("publish ratio", "messages/s", "WAL bytes/message", "p99 ms at 1000/s")
                        .allSatisfy(
                                (what, figure) -> assertThat(figure).as(what).isPositive());
            }
        }
    }

    @Test
    void options_are_taken_and_what_is_wrong_is_named() {
        assertThat(WorkOptions.parse(new String[] {"--messages", "7", "--out", "here"}))
                .isEqualTo(new WorkOptions(3, 7, 16, 10, Path.of("here")));
        assertThatThrownBy(() -> WorkOptions.parse(new String[] {"--rounds", "0"}))
                .hasMessageStartingWith("--rounds must be a whole number from 1 to 100");
    }
}
