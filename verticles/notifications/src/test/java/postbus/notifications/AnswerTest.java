package postbus.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void success_of_any_kind_is_acceptance(int status) {
        assertThat(Answer.ofStatus(status)).isEqualTo(new Answer.Accepted());
    }

    @Test
    void gone_is_for_ever() {
        assertThat(Answer.ofStatus(410)).isEqualTo(new Answer.Gone());
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 300, 301, 307, 400, 404, 429, 500, 503})
    void every_other_status_is_a_failure(int status) {
        assertThat(Answer.ofStatus(status)).isEqualTo(new Answer.Failed("status " + status));
    }
}
