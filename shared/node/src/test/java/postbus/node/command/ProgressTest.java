package postbus.node.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter terminal = new StringWriter();
    private final Progress progress = Progress.on(new PrintWriter(terminal));

    @Test
    void a_line_overwrites_the_one_before_and_leaves_nothing_of_it() {
        progress.show("ordering: 1000");
        progress.show("payment: 7");
        assertThat(terminal.toString()).isEqualTo("\rordering: 1000\rpayment: 7    ");
        progress.end();
        assertThat(terminal.toString()).endsWith("\r          \r");
    }

    @Test
    void work_that_takes_long_is_told_of_while_it_lasts() {
        var isTold = new CountDownLatch(1);
        var watched = new PrintWriter(new StringWriter() {
            @Override
            public void write(String text, int from, int length) {
                super.write(text, from, length);
                if (text.contains("counting, ")) {
                    isTold.countDown();
                }
            }
        });

        assertThat(Progress.on(watched).during("counting", () -> isToldIn10Seconds(isTold)))
                .isTrue();
    }

    private static boolean isToldIn10Seconds(CountDownLatch isTold) {
        try {
            return isTold.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_the_work_throws_is_thrown_and_without_a_terminal_nothing_is_shown() {
        assertThatThrownBy(() -> progress.during("counting", () -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(Progress.NONE.during("counting", () -> 7)).isEqualTo(7);
        Progress.NONE.show("nowhere");
        Progress.NONE.end();
        assertThat(terminal.toString()).isEmpty();
    }
}
