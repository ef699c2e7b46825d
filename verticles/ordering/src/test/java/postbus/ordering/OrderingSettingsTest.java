package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import postbus.node.SettingException;
import postbus.node.Settings;

class OrderingSettingsTest {
    private static final Path CONF = Path.of("../../conf");

    @Test
    void the_settings_file_states_the_defaults() throws Exception {
        assertThat(Files.readString(CONF.resolve("ordering.yaml")))
                .contains("SNAPSHOT_AFTER:", "STOCK_DEADLINE:", "PAYMENT_DEADLINE:", "DISPATCH_DEADLINE:");

        assertThat(OrderingSettings.of(Settings.load(CONF, "ordering", Map.of())))
                .isEqualTo(OrderingSettings.of(Settings.of(Map.of())));
    }

    @Test
    void a_setting_out_of_bounds_is_refused_by_name() {
        for (var wrong : Map.of("SNAPSHOT_AFTER", "0", "STOCK_DEADLINE", "PT0S", "DISPATCH_DEADLINE", "an hour")
                .entrySet()) {
            assertThatThrownBy(() -> OrderingSettings.of(Settings.of(Map.of(wrong.getKey(), wrong.getValue()))))
                    .isInstanceOf(SettingException.class)
                    .hasMessageContaining(wrong.getKey());
        }
    }
}
