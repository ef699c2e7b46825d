package postbus.messaging.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void a_target_is_read_as_it_is_written() {
        assertThat(Target.parse("oldest")).isEqualTo(new Target.Oldest());
        assertThat(Target.parse("now")).isEqualTo(new Target.Now());
        assertThat(Target.parse("position:4711")).isEqualTo(new Target.Position(4711));
        assertThat(Target.parse("2026-11-24T10:00:00Z"))
                .isEqualTo(new Target.Time(Instant.parse("2026-11-24T10:00:00Z")));
        for (var text : List.of("oldest", "now", "position:0", "2026-11-24T10:00:00Z")) {
            assertThat(Target.parse(text)).hasToString(text);
        }
    }

    @Test
    void anything_else_is_refused() {
        for (var text : List.of("", "yesterday", "position:", "position:-1", "position:x", "2026-11-24")) {
            assertThatThrownBy(() -> Target.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
