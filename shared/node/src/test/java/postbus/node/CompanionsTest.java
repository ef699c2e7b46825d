package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompanionsTest {
    private long nanos;
    private final Companions companions = new Companions(() -> nanos);

    @Test
    void a_member_that_lost_more_than_are_left_is_cut_off() {
        companions.removed("b");
        companions.removed("c");
        assertThat(companions.problem(List.of("a"))).isEqualTo("cut off from 2 of 3 members");
    }

    @Test
    void a_member_that_lost_half_goes_on() {
        companions.removed("b");
        assertThat(companions.problem(List.of("a"))).isNull();
    }

    @Test
    void those_who_said_that_they_leave_are_not_missed() {
        companions.leaves("b");
        companions.leaves("c");
        companions.removed("b");
        companions.removed("c");
        assertThat(companions.problem(List.of("a"))).isNull();
    }

    @Test
    void those_who_come_back_are_not_missed_any_more() {
        companions.removed("b");
        companions.removed("c");
        assertThat(companions.problem(List.of("a", "b"))).isNull();
        assertThat(companions.problem(List.of("a"))).isNull();
    }

    @Test
    void those_who_do_not_come_back_are_not_missed_for_ever() {
        companions.removed("b");
        companions.removed("c");
        nanos = Companions.MISSED_FOR.toNanos() + 1;
        assertThat(companions.problem(List.of("a"))).isNull();
    }
}
