package postbus.bench.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That what is measured works; how fast it is does not matter here. */
@Timeout(180)
class WorkTest {
    @TempDir
    Path out;

    private WorkOptions few() {
        return new WorkOptions(1, 200, 100, 4, 1, List.of(), out);
    }

    @Test
    void the_work_is_done_and_every_figure_is_there() throws InterruptedException {
        try (var server = new Server()) {
            for (var candidate : Candidate.of(List.of())) {
                var outcome = Measurement.take(candidate, 1, few(), server);
                assertThat(outcome.wrong()).as(candidate.name()).isEmpty();
                assertThat(outcome.figures())
                        .hasSize(candidate.name().equals(Candidate.PLAIN_SQL) ? 3 : 13)
                        .allSatisfy(
                                (what, figure) -> assertThat(figure).as(what).isPositive());
            }
        }
    }

    @Test
    void a_process_that_fails_is_an_outcome_that_says_why() throws InterruptedException {
        var absent = new Candidate("absent", SubjectMain.class.getName(), System.getProperty("java.class.path"));
        try (var server = new Server()) {
            assertThat(Measurement.take(absent, 1, few(), server).wrong())
                    .contains("neither postbus nor plain-sql: absent");
        }
    }

    @Test
    void a_message_without_effect_is_seen() throws InterruptedException, SQLException {
        try (var server = new Server()) {
            var url = server.create("lost");
            var log = out.resolve("log");
            var postbus = Candidate.of(List.of()).get(1);
            try (var process = new SubjectProcess(postbus, url, 4, log)) {
                process.awaitReady();
                process.tell("deliver");
                process.tell("send 100");
            }
            assertThat(server.wrongEffects("lost", 100)).isEmpty();
            server.execute("lost", "delete from effects.handled where ctid = (select min(ctid) from effects.handled)");
            assertThat(server.wrongEffects("lost", 100))
                    .isEqualTo("100 orders, 99 effects, 1 orders without an effect, of 100 messages");
        }
    }

    @Test
    void options_are_taken_and_what_is_wrong_is_named() {
        assertThat(WorkOptions.parse(new String[] {"--messages", "700", "--peers", "modulith", "--out", "here"}))
                .isEqualTo(new WorkOptions(3, 700, 60_000, 16, 10, List.of("modulith"), Path.of("here")));
        assertThatThrownBy(() -> WorkOptions.parse(new String[] {"--rounds", "0"}))
                .hasMessageStartingWith("--rounds must be a whole number from 1 to 100");
        assertThatThrownBy(() -> WorkOptions.parse(new String[] {"--peers", "kafka"}))
                .hasMessageStartingWith("--peers must be all, none, or some of gruelbox,");
    }
}
