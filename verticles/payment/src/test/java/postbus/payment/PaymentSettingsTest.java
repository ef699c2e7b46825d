package postbus.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import postbus.node.Settings;

class PaymentSettingsTest {
    private static final PaymentSettings DEFAULTS = PaymentSettings.of(Settings.of(Map.of()));

    @Test
    void the_settings_file_tells_the_defaults() {
        var file = Settings.load(Path.of("../../conf"), "payment", Map.of());
        assertThat(PaymentSettings.of(file)).isEqualTo(DEFAULTS);
        assertThat(file.text("PAYMENT_SLOW_AFTER", "")).isNotEmpty();
    }

    @Test
    void the_slow_answer_comes_after_the_deadline_of_an_order() {
        assertThat(DEFAULTS.slowAfter()).isGreaterThan(Duration.ofSeconds(15));
    }
}
