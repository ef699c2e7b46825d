package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamedMembersTest {
    @Test
    void a_name_is_the_addresses_that_it_has() {
        assertThat(new NamedMembers(List.of("localhost")).getMembers()).containsExactly("127.0.0.1");
    }

    @Test
    void each_address_of_a_name_has_the_port_that_was_said() {
        assertThat(new NamedMembers(List.of("localhost:15702")).getMembers()).containsExactly("127.0.0.1:15702");
    }

    @Test
    void addresses_stay_what_they_are() {
        var addresses = List.of("127.0.0.1", "10.1.2.3:15701", "10.0.0.*", "[fd00::1]:15701", "fd00::1");
        assertThat(new NamedMembers(addresses).getMembers()).isEqualTo(addresses);
    }

    @Test
    void a_name_that_nobody_knows_is_passed_over() {
        assertThat(new NamedMembers(List.of("nobody.invalid", "10.1.2.3")).getMembers())
                .containsExactly("10.1.2.3");
    }
}
