package postbus.bench.subject;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class ConversationTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private boolean hold(String commands, Callable<Conversation.Partner> opening) {
        return new Conversation(
                        new BufferedReader(new StringReader(commands)),
                        new PrintStream(said, true, StandardCharsets.UTF_8))
                .isRight(opening);
    }

    private static Conversation.Partner adder() {
        return new Conversation.Partner(
                "1.0",
                Map.of("threads", "16"),
                Map.of("add", numbers -> Map.of("sum", (double) numbers.get(0) + numbers.get(1))));
    }

    @Test
    void each_command_is_answered_until_the_input_ends() {
        assertThat(hold("add 1 2\nadd 3 4\n", ConversationTest::adder)).isTrue();
        assertThat(said).hasToString("setting threads=16\nready 1.0\ndone sum=3.0\ndone sum=7.0\n");
    }

    @Test
    void what_fails_is_told_in_one_line_and_ends_it() {
        assertThat(hold("subtract 1 2\nadd 1 2\n", ConversationTest::adder)).isFalse();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .endsWith("ready 1.0\nfailed java.lang.IllegalArgumentException: not a command: subtract 1 2\n");
    }

    @Test
    void a_system_that_cannot_be_opened_says_why() {
        assertThat(hold("", () -> {
                    throw new IllegalStateException("no\nserver");
                }))
                .isFalse();
        assertThat(said).hasToString("failed java.lang.IllegalStateException: no server\n");
    }
}
