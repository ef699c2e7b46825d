package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    private Path folder;

    @Test
    void the_environment_comes_before_the_services_file_and_that_before_the_clusters() throws IOException {
        Files.writeString(folder.resolve("cluster.yaml"), "A: cluster\nB: cluster\nC: cluster\n");
        Files.writeString(folder.resolve("catalog.yaml"), "A: file\nB: file\n# nothing\nD:\n");
        var settings = Settings.load(folder, "catalog", Map.of("A", "environment"));
        assertThat(settings.text("A", "default")).isEqualTo("environment");
        assertThat(settings.text("B", "default")).isEqualTo("file");
        assertThat(settings.text("C", "default")).isEqualTo("cluster");
        assertThat(settings.text("D", "default")).isEqualTo("default");
    }

    @Test
    void no_files_is_fine() {
        assertThat(Settings.load(folder, "catalog", Map.of()).integer("N", 7, 1, 10))
                .isEqualTo(7);
    }

    @Test
    void a_file_that_is_no_yaml_is_named() throws IOException {
        Files.writeString(folder.resolve("catalog.yaml"), "A: [\n");
        assertThatThrownBy(() -> Settings.load(folder, "catalog", Map.of()))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("catalog.yaml cannot be read");
    }

    @Test
    void a_wrong_value_is_told_with_what_would_be_right_and_where_it_came_from() throws IOException {
        Files.writeString(folder.resolve("catalog.yaml"), "SIZE: 500\nWAIT: soon\nON: yes please\n");
        var settings = Settings.load(folder, "catalog", Map.of("MANY", "1x"));
        assertThatThrownBy(() -> settings.integer("SIZE", 8, 1, 100))
                .hasMessageContaining("SIZE must be a whole number from 1 to 100, is '500' (")
                .hasMessageContaining("catalog.yaml)");
        assertThatThrownBy(() -> settings.integer("MANY", 8, 1, 100))
                .hasMessage("MANY must be a whole number from 1 to 100, is '1x' (environment)");
        assertThatThrownBy(() -> settings.duration("WAIT", Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1)))
                .hasMessageContaining("WAIT must be a duration from PT0S to PT1M, such as PT5S, is 'soon'");
        assertThatThrownBy(() -> settings.flag("ON", true)).hasMessageContaining("ON must be true or false");
    }

    @Test
    void what_has_no_default_must_be_there() {
        assertThatThrownBy(() -> Database.of(Settings.of(Map.of())))
                .isInstanceOf(SettingException.class)
                .hasMessage("DATABASE_URL is not set: postgresql://user:password@host:port/database");
        assertThatThrownBy(() -> Database.of(Settings.of(Map.of("DATABASE_URL", "mysql://nowhere"))))
                .isInstanceOf(SettingException.class);
    }

    @Test
    void a_list_is_separated_by_commas() {
        assertThat(Settings.of(Map.of("L", " a, b,,c ")).list("L", "")).containsExactly("a", "b", "c");
    }

    @Test
    void one_of_several_texts_is_chosen() {
        var settings = Settings.of(Map.of("FORM", "xml"));
        assertThat(Settings.of(Map.of("FORM", "json")).choice("FORM", "text", "text", "json"))
                .isEqualTo("json");
        assertThat(Settings.of(Map.of()).choice("FORM", "text", "text", "json")).isEqualTo("text");
        assertThatThrownBy(() -> settings.choice("FORM", "text", "text", "json"))
                .hasMessage("FORM must be text or json, is 'xml' (settings)");
    }

    @Test
    void what_is_not_limited_unless_set_is_null() {
        var day = Duration.ofDays(1);
        assertThat(Settings.of(Map.of()).durationIfSet("HOLD", Duration.ZERO, day))
                .isNull();
        assertThat(Settings.of(Map.of("HOLD", "PT1H")).durationIfSet("HOLD", Duration.ZERO, day))
                .isEqualTo(Duration.ofHours(1));
        assertThatThrownBy(() -> Settings.of(Map.of("HOLD", "P2D")).durationIfSet("HOLD", Duration.ZERO, day))
                .isInstanceOf(SettingException.class);
    }

    @Test
    void what_was_read_is_known_with_default_and_range() {
        var settings = Settings.of(Map.of("SIZE", "3"));
        settings.integer("SIZE", 8, 1, 100);
        settings.duration("KEEP", Duration.ofDays(7), Duration.ofMillis(100), Duration.ofDays(3650));
        settings.flag("ON", true);
        settings.decimal("SHARE", 1, 0, 1);
        settings.text("NAME", "");
        assertThat(settings.asked())
                .containsExactly(
                        new Settings.Asked("SIZE", "8", "1 to 100"),
                        new Settings.Asked("KEEP", "P7D", "PT0.1S to P3650D"),
                        new Settings.Asked("ON", "true", "true or false"),
                        new Settings.Asked("SHARE", "1", "0 to 1"),
                        new Settings.Asked("NAME", "", ""));
    }
}
