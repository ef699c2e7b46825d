package postbus.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.node.SettingException;
import postbus.node.Settings;

class ShippingSettingsTest {
    @Test
    void picking_takes_half_a_second_by_default() {
        assertThat(ShippingSettings.of(Settings.of(Map.of()))).isEqualTo(new ShippingSettings(Duration.ofMillis(500)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT20M", "P1D"})
    void picking_takes_up_to_a_day(String dispatchAfter) {
        assertThat(ShippingSettings.of(Settings.of(Map.of("DISPATCH_AFTER", dispatchAfter))))
                .isEqualTo(new ShippingSettings(Duration.parse(dispatchAfter)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "P1DT1S", "soon"})
    void another_picking_time_is_refused(String dispatchAfter) {
        assertThatThrownBy(() -> ShippingSettings.of(Settings.of(Map.of("DISPATCH_AFTER", dispatchAfter))))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("DISPATCH_AFTER");
    }
}
