package postbus.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import postbus.shipping.Dispatch.State;

class DispatchTest {
    private static final UUID ORDER = UUID.fromString("0190a000-0000-7000-8000-000000000001");
    private static final UUID COMMAND = UUID.fromString("0190a000-0000-7000-8000-000000000002");

    @Test
    void an_unknown_order_waits_for_its_command() {
        assertThat(Dispatch.unknown(ORDER).waiting(COMMAND)).isEqualTo(new Dispatch(ORDER, State.WAITING, COMMAND));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "UNKNOWN")
    void a_known_order_does_not_wait_again(State state) {
        assertThatIllegalStateException().isThrownBy(() -> in(state).waiting(COMMAND));
    }

    @Test
    void a_waiting_order_is_dispatched() {
        assertThat(in(State.WAITING).dispatched()).contains(in(State.DISPATCHED));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "WAITING")
    void an_order_that_does_not_wait_is_not_dispatched(State state) {
        assertThat(in(state).dispatched()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNKNOWN", "WAITING"})
    void an_order_is_stopped_until_it_is_dispatched(State state) {
        assertThat(in(state).stopped()).contains(in(State.STOPPED));
    }

    @ParameterizedTest
    @EnumSource(names = {"DISPATCHED", "STOPPED"})
    void what_is_final_is_not_stopped(State state) {
        assertThat(in(state).stopped()).isEmpty();
    }

    private static Dispatch in(State state) {
        return new Dispatch(ORDER, state, COMMAND);
    }
}
