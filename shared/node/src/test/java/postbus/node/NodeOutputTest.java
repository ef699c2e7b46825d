package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.trace.LogContext;

/** What the process of a node writes, with the {@code conf/} that is delivered. */
@Timeout(120)
class NodeOutputTest {
    private static final UUID CORRELATION = UUID.fromString("01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11");
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private static final String FORGED =
            "a\n12:00:00.000 ERROR forged\r\n12:00:00.000 ERROR forged\r12:00:00.000 ERROR forged\u2028forged";

    /** Says a few things when it starts. */
    private static final class Talker extends VerticleBase {
        private static final Logger LOG = LoggerFactory.getLogger(Talker.class);

        @Override
        public Future<?> start() {
            return vertx.executeBlocking(() -> {
                LogContext.enter(CORRELATION, "00-" + TRACE + "-b7ad6b7169203331-01");
                LOG.info("talker.said words={}", 3);
                LogContext.leave();
                LOG.warn("talker.quoted text={}", FORGED, new IllegalStateException(FORGED));
                return true;
            });
        }
    }

    /** The main class of the process. */
    static final class TalkerMain {
        private TalkerMain() {}

        public static void main(String[] arguments) {
            Node.main(NodeService.withoutSchema("talker", node -> new Talker()), arguments);
        }
    }

    @Test
    void as_text_a_line_ends_with_what_it_is_about() throws Exception {
        assertThat(outputUntilReady("text"))
                .anySatisfy(line -> assertThat(line)
                        .matches(
                                "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  p\\.n\\.NodeOutputTest\\$Talker talker\\.said words=3"
                                        + " correlation=" + CORRELATION + " trace=" + TRACE));
    }

    @Test
    void what_somebody_wrote_with_line_ends_is_no_line_of_the_log() throws Exception {
        var output = outputUntilReady("text");
        assertThat(output).noneMatch(line -> line.stripTrailing().matches("\\S*( ERROR)? ?forged.*"));
        var quoted = output.stream()
                .filter(line -> line.contains("talker.quoted text=a"))
                .toList();
        assertThat(quoted).hasSize(1);
        var at = output.indexOf(quoted.get(0));
        assertThat(output.subList(at + 1, at + 5))
                .containsExactly(
                        "    12:00:00.000 ERROR forged",
                        "    12:00:00.000 ERROR forged",
                        "    12:00:00.000 ERROR forged",
                        "    forged");
        assertThat(output.get(at + 5)).startsWith("java.lang.IllegalStateException: a 12:00:00.000 ERROR forged");
        assertThat(output.get(at + 6)).startsWith("\tat postbus.node.NodeOutputTest$Talker");
    }

    @Test
    void as_json_each_line_of_the_log_is_an_object() throws Exception {
        var output = outputUntilReady("json");
        var log = output.subList(0, output.size() - 1);
        assertThat(output.get(output.size() - 1)).startsWith("talker is ready");
        var said = log.stream()
                .map(JsonObject::new)
                .filter(line -> "talker.said words=3".equals(line.getString("formattedMessage")))
                .findFirst()
                .orElseThrow();
        assertThat(said.getString("level")).isEqualTo("INFO");
        assertThat(said.getString("loggerName")).isEqualTo(Talker.class.getName());
        assertThat(said.getJsonObject("mdc"))
                .isEqualTo(JsonObject.of("correlation", CORRELATION.toString(), "trace", TRACE));
    }

    @Test
    void another_form_is_one_line_and_exit_code_2() throws Exception {
        var process = start("xml");
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.lines())
                    .containsExactly("talker: LOG_FORMAT must be text or json, is 'xml' (environment)");
            assertThat(process.waitFor()).isEqualTo(2);
        }
    }

    private static List<String> outputUntilReady(String format) throws IOException, InterruptedException {
        var process = start(format);
        var read = new ArrayList<String>();
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                read.add(line);
                if (line.startsWith("talker is ready")) {
                    return read;
                }
            }
            throw new AssertionError("it ended before it was ready: " + read);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static Process start(String format) throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@../../conf/jvm.options",
                "-cp",
                System.getProperty("java.class.path"),
                TalkerMain.class.getName());
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CONF_DIR", "../../conf");
        builder.environment().put("LOG_FORMAT", format);
        builder.environment().put("CLUSTER_NAME", "talker-" + UUID.randomUUID());
        return builder.start();
    }
}
