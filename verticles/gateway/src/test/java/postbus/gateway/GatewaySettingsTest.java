package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import postbus.gateway.access.AccessSettings;
import postbus.gateway.access.LoginSettings;
import postbus.node.SettingException;
import postbus.node.Settings;

class GatewaySettingsTest {
    @Test
    void the_file_names_every_setting_with_its_default() throws IOException {
        var folder = Path.of("../../conf");
        Map<String, Object> file =
                new YAMLMapper().readValue(folder.resolve("gateway.yaml").toFile(), new TypeReference<>() {});

        var settings = Settings.of(Map.of());
        GatewaySettings.of(settings);
        assertThat(file.keySet())
                .containsExactlyInAnyOrderElementsOf(settings.asked().stream()
                        .map(Settings.Asked::name)
                        .filter(name -> !name.equals("PROFILE")) // of every node
                        .toList());
        assertThat(GatewaySettings.of(Settings.load(folder, "gateway", Map.of())))
                .isEqualTo(GatewaySettings.of(Settings.of(Map.of())));
    }

    @Test
    void settings_are_read() {
        assertThat(GatewaySettings.of(Settings.of(Map.ofEntries(
                        Map.entry("HTTP_HOST", "0.0.0.0"),
                        Map.entry("HTTP_PORT", "80"),
                        Map.entry("REQUEST_TIMEOUT", "PT1S"),
                        Map.entry("HTTP_IDLE_TIMEOUT", "PT2S"),
                        Map.entry("HTTP_INITIAL_LINE_BYTES_MAX", "2048"),
                        Map.entry("HTTP_HEADER_BYTES_MAX", "4096"),
                        Map.entry("DEAD_LETTERS_OF", "ordering, payment"),
                        Map.entry("EVENT_STREAMS_MAX", "7"),
                        Map.entry("OPS_PORT", "9001"),
                        Map.entry("HTTP_CONNECTIONS_MAX", "8"),
                        Map.entry("HTTP_READ_TIMEOUT", "PT2S"),
                        Map.entry("CORS_ORIGINS", "https://shop.test"),
                        Map.entry("HTTP_TLS_CERTIFICATE", "/tls/crt"),
                        Map.entry("HTTP_TLS_KEY", "/tls/key"),
                        Map.entry("OIDC_SCOPE", "openid"),
                        Map.entry("RATE_LIMIT", "3"),
                        Map.entry("RATE_LIMIT_WINDOW", "PT4S"),
                        Map.entry("TRUSTED_PROXIES", "10.0.0.0/8")))))
                .isEqualTo(new GatewaySettings(
                        "0.0.0.0",
                        80,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        2048,
                        4096,
                        List.of("ordering", "payment"),
                        7,
                        9001,
                        8,
                        Duration.ofSeconds(2),
                        List.of("https://shop.test"),
                        new TlsSettings("/tls/crt", "/tls/key"),
                        AccessSettings.of(Settings.of(Map.of())),
                        new QuotaSettings(3, Duration.ofSeconds(4), List.of("10.0.0.0/8")),
                        new LoginSettings("", "openid")));
    }

    @Test
    void a_connection_is_not_closed_for_waiting_on_an_answer() {
        var settings = Settings.of(Map.of("REQUEST_TIMEOUT", "PT10S", "HTTP_IDLE_TIMEOUT", "PT10S"));

        assertThatThrownBy(() -> GatewaySettings.of(settings))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("HTTP_IDLE_TIMEOUT must be a duration from PT11S");
    }
}
