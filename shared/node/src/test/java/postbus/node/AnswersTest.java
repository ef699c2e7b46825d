package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private long nanos;
    private final Answers answers = new Answers(() -> nanos);

    private void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    @Test
    void who_takes_longer_than_3_s_does_not_answer() {
        answers.asked();
        pass(Duration.ofSeconds(3));
        assertThat(answers.problem()).isNull();

        pass(Duration.ofSeconds(1));
        assertThat(answers.problem()).isEqualTo("it has not answered for 4 s");
    }

    @Test
    void who_answers_after_all_is_well() {
        answers.asked();
        pass(Duration.ofSeconds(20));
        answers.answered(null);
        assertThat(answers.problem()).isNull();
    }

    @Test
    void a_failure_counts_until_the_next_answer() {
        answers.asked();
        answers.answered(new IllegalStateException("no partition"));
        answers.asked();
        assertThat(answers.problem()).isEqualTo("it did not answer: no partition");

        answers.answered(null);
        assertThat(answers.problem()).isNull();
    }
}
