package postbus.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.node.Settings;

class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(name = "greet", description = "Says hello.")
    static final class Greet {
        private final CommandContext context;

        Greet(CommandContext context) {
            this.context = context;
        }

        @Command(description = "Loudly.")
        int loudly(@Option(names = "--name", required = true) String name) {
            context.out().println("HELLO " + name + " OF " + context.service());
            return 0;
        }

        @Command(description = "To somebody in the settings.")
        int named() {
            return context.settings().required("NAME", "whom to greet").length();
        }

        @Command(description = "After asking.")
        int politely() {
            return context.confirm("Greet?") ? 0 : 1;
        }

        @Command(description = "With a voice.")
        int aloud(@Option(names = "--voice") String voice) {
            if (voice == null) {
                throw new IllegalStateException("no voice");
            }
            return 0;
        }
    }

    private int run(String typed, String... arguments) {
        return Commands.run(
                "inventory",
                () -> Settings.of(Map.of()),
                context -> List.of(new Greet(context)),
                new BufferedReader(new StringReader(typed)),
                new PrintWriter(out),
                new PrintWriter(err),
                arguments);
    }

    @Test
    void a_command_runs_and_its_exit_code_is_returned() {
        assertThat(run("", "greet", "loudly", "--name", "ANN")).isZero();
        assertThat(out.toString().strip()).isEqualTo("HELLO ANN OF inventory");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void an_unknown_command_or_option_is_exit_code_2_and_says_how_to_use_it() {
        assertThat(run("", "gret")).isEqualTo(2);
        assertThat(run("", "greet", "loudly")).isEqualTo(2);
        assertThat(run("", "greet")).isEqualTo(2);
        assertThat(err.toString())
                .contains("Usage: inventory.jar")
                .contains("Missing required option: '--name=")
                .contains("Missing required subcommand");
    }

    @Test
    void help_needs_no_setting() {
        assertThat(run("", "--help")).isZero();
        assertThat(out.toString()).contains("Usage: inventory.jar").contains("greet");
    }

    @Test
    void a_missing_setting_is_one_line_and_exit_code_2() {
        assertThat(run("", "greet", "named")).isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo("inventory: NAME is not set: whom to greet");
    }

    @Test
    void a_failure_is_one_line_and_exit_code_1() {
        assertThat(run("", "greet", "aloud")).isEqualTo(1);
        assertThat(err.toString().strip()).isEqualTo("inventory: no voice");
    }

    @Test
    void only_the_word_yes_confirms() {
        assertThat(run("yes\n", "greet", "politely")).isZero();
        assertThat(run("y\n", "greet", "politely")).isEqualTo(1);
        assertThat(run("", "greet", "politely")).isEqualTo(1);
    }

    @Test
    void a_table_is_as_wide_as_its_widest_cells() {
        new Table("id", "error").row(1, "broken\nin two").row(12345, "").print(new PrintWriter(out, true));
        assertThat(out.toString().lines()).containsExactly("id     error", "1      broken in two", "12345");
    }
}
