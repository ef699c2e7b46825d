package postbus.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleOptionsTest {
    private static ScaleOptions parse(String... arguments) {
        return ScaleOptions.parse(arguments, LocalDateTime.of(2026, 7, 1, 9, 30, 15));
    }

    @Test
    void a_cluster_has_room_for_all_instances_and_two_gateways() {
        var options = parse("--service", "ordering", "--steps", "1,3");
        assertThat(options.folder()).isEqualTo(Path.of(".postbus/scale/20260701-093015"));
        assertThat(options.most()).isEqualTo(3);
        assertThat(options.cluster().instances())
                .contains("ordering-1", "ordering-2", "ordering-3", "gateway-2", "inventory-1")
                .doesNotContain("inventory-2");
    }

    @Test
    void gateways_can_be_scaled_themselves() {
        assertThat(parse("--service", "gateway", "--steps", "1,4").cluster().instances())
                .contains("gateway-1", "gateway-4");
    }

    @Test
    void steps_rise_and_the_service_is_one_of_the_shop() {
        for (var wrong : List.of("2,1", "1,1", "0,1", "1,7")) {
            assertThatThrownBy(() -> parse("--steps", wrong)).hasMessageContaining("--steps");
        }
        assertThatThrownBy(() -> parse("--service", "auditor")).hasMessageContaining("--service");
        assertThatThrownBy(() -> parse("--instances", "3")).hasMessageContaining("--instances");
    }
}
