package postbus.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import postbus.node.Settings;

class NotificationsSettingsTest {
    @Test
    void the_settings_file_tells_the_defaults() {
        var file = Settings.load(Path.of("../../conf"), "notifications", Map.of());
        assertThat(NotificationsSettings.of(file)).isEqualTo(NotificationsSettings.of(Settings.of(Map.of())));
        assertThat(file.text("WEBHOOK_TIMEOUT", "")).isNotEmpty();
    }
}
