package postbus.shop.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.node.Node;
import postbus.node.Settings.Asked;
import postbus.shop.ShopServices;

/** What a setting does is said once, above it in {@code conf/}; default and range are those of the code that reads it. */
@Timeout(90)
class SettingsTest {
    private static final Path CONF = Path.of("../../conf");
    private static final Path REFERENCE = Path.of("../../docs/settings.md");

    private static final ConfFile CLUSTER = ConfFile.read(CONF.resolve("cluster.yaml"));

    /** By service, what it reads and where that is described. */
    private static final Map<String, Map<String, Asked>> ASKED = new LinkedHashMap<>();

    private static final Map<String, ConfFile> OWN = new TreeMap<>();

    @BeforeAll
    static void read() {
        for (var service : ShopServices.ALL) {
            var asked = new LinkedHashMap<String, Asked>();
            Node.settingsOf(service).forEach(one -> asked.put(one.name(), one));
            ASKED.put(service.name(), asked);
            OWN.put(service.name(), ConfFile.read(CONF.resolve(service.name() + ".yaml")));
        }
    }

    @Test
    void every_setting_is_described_with_its_default_and_range() {
        var wrong = new ArrayList<String>();
        ASKED.forEach((service, settings) -> settings.forEach((name, asked) -> {
            var file = fileOf(service, name);
            var line = file.settings().get(name);
            if (line == null) {
                wrong.add(file.name() + " or conf/cluster.yaml lacks " + name + ", which " + service + " reads");
                return;
            }
            if (!isSame(line.value(), asked.defaultValue())) {
                wrong.add(file.name() + ": " + name + " is '" + line.value() + "', by default it is '"
                        + asked.defaultValue() + "' at " + service);
            }
            if (!line.comment().endsWith("." + (asked.range().isEmpty() ? "" : " " + asked.range() + "."))) {
                wrong.add(file.name() + ": the comment of " + name + " must end with '. " + asked.range() + ".'");
            }
        }));
        assertThat(wrong).isEmpty();
    }

    @Test
    void nothing_is_described_that_nobody_reads() {
        OWN.forEach((service, file) -> assertThat(file.settings().keySet())
                .as(file.name())
                .isSubsetOf(ASKED.get(service).keySet()));
        var byAnyone = ASKED.values().stream()
                .flatMap(settings -> settings.keySet().stream())
                .toList();
        assertThat(CLUSTER.settings().keySet()).as(CLUSTER.name()).isSubsetOf(byAnyone);
    }

    @Test
    void the_reference_is_what_code_and_conf_say() throws IOException {
        var made = reference();
        if (Boolean.getBoolean("postbus.settings.write")) {
            Files.writeString(REFERENCE, made);
        }
        assertThat(Files.exists(REFERENCE) ? Files.readString(REFERENCE) : "")
                .as("a setting changed: run this test with -Dpostbus.settings.write=true and check docs/settings.md in")
                .isEqualTo(made);
    }

    /** A service's own file comes before that of every node. */
    private static ConfFile fileOf(String service, String name) {
        var own = OWN.get(service);
        return own.settings().containsKey(name) || !CLUSTER.settings().containsKey(name) ? own : CLUSTER;
    }

    private static String reference() {
        var text = new StringBuilder("""
                # Settings

                Made from the code that reads them and from the comments in `conf/`; a test keeps it true. A node reads the
                environment first, then `conf/NAME.yaml`, then `conf/cluster.yaml`; `CONF_DIR` names another folder. Durations
                are ISO 8601 (`PT0.5S`, `PT10M`, `P7D`), sizes are bytes. A value that is missing or out of range ends the
                start with exit code 2 and one line that names it.
                """);
        append(text, "Every node", CLUSTER, ASKED.values().stream().toList());
        OWN.forEach((service, file) -> append(
                text,
                Character.toUpperCase(service.charAt(0)) + service.substring(1),
                file,
                List.of(ASKED.get(service))));
        return text.toString();
    }

    private static void append(StringBuilder text, String title, ConfFile file, List<Map<String, Asked>> askedBy) {
        text.append("\n## ").append(title).append("\n\n`").append(file.name()).append("`\n\n");
        text.append("| setting | default | range | |\n|---|---|---|---|\n");
        file.settings().forEach((name, line) -> {
            var asked = askedBy.stream()
                    .filter(settings -> settings.containsKey(name))
                    .findFirst()
                    .map(settings -> settings.get(name))
                    .orElseThrow(() -> new AssertionError(file.name() + ": nobody reads " + name));
            var range = asked.range();
            var what = range.isEmpty()
                    ? line.comment()
                    : line.comment().substring(0, Math.max(0, line.comment().length() - range.length() - 2));
            text.append("| `").append(name).append("` | ").append(code(asked.defaultValue()));
            text.append(" | ")
                    .append(range)
                    .append(" | ")
                    .append(what.replace("|", "\\|"))
                    .append(" |\n");
        });
    }

    private static String code(String value) {
        return value.isEmpty() ? "none" : "`" + value + "`";
    }

    private static boolean isSame(String one, String other) {
        try {
            return one.equals(other) || Duration.parse(one).equals(Duration.parse(other));
        } catch (DateTimeParseException no) {
            return false;
        }
    }
}
