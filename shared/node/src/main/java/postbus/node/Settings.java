package postbus.node;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a node: flat names in UPPER_SNAKE. The environment comes first, then {@code conf/NAME.yaml}, then
 * {@code conf/cluster.yaml}, then the default in the code. Each value is checked where it is read, at start; a wrong
 * one is a {@link SettingException} that says where it came from and what would be right.
 */
public final class Settings {
    private record Value(String text, String origin) {}

    /**
     * A setting that was read, for the reference of all settings.
     *
     * @param defaultValue as text; empty when there is none
     * @param range what it may be, {@code 1 to 100}; empty for any text
     */
    public record Asked(String name, String defaultValue, String range) {}

    private final Map<String, Value> values;
    private final Map<String, Asked> asked = Collections.synchronizedMap(new LinkedHashMap<>());

    private Settings(Map<String, Value> values) {
        this.values = values;
    }

    /**
     * Reads {@code cluster.yaml} and {@code NAME.yaml} from a folder, where they exist, and lays the environment over
     * them.
     */
    public static Settings load(Path folder, String name, Map<String, String> environment) {
        var values = new HashMap<String, Value>();
        addFile(values, folder.resolve("cluster.yaml"));
        addFile(values, folder.resolve(name + ".yaml"));
        environment.forEach((key, text) -> values.put(key, new Value(text, "environment")));
        return new Settings(values);
    }

    /** Only these. */
    public static Settings of(Map<String, String> settings) {
        var values = new HashMap<String, Value>();
        settings.forEach((key, text) -> values.put(key, new Value(text, "settings")));
        return new Settings(values);
    }

    private static void addFile(Map<String, Value> values, Path file) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            Map<String, @Nullable Object> read =
                    new YAMLMapper().readValue(Files.readString(file), new TypeReference<>() {});
            if (read != null) {
                read.forEach((key, value) -> {
                    if (value != null) {
                        values.put(key, new Value(value.toString(), file.toString()));
                    }
                });
            }
        } catch (IOException e) {
            throw new SettingException(file + " cannot be read: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    /** What was read so far, in that order, and whether it was set or not. */
    public List<Asked> asked() {
        synchronized (asked) {
            return List.copyOf(asked.values());
        }
    }

    private void ask(String name, Object defaultValue, String range) {
        asked.putIfAbsent(name, new Asked(name, String.valueOf(defaultValue), range));
    }

    /** The text, or the default when it is not set or empty. */
    public String text(String name, String defaultValue) {
        ask(name, defaultValue, "");
        var value = find(name);
        return value == null ? defaultValue : value.text();
    }

    /** The text of a setting that has no default. */
    public String required(String name, String what) {
        ask(name, "", "");
        var value = find(name);
        if (value == null) {
            throw new SettingException(name + " is not set: " + what);
        }
        return value.text();
    }

    /** One of these texts. */
    public String choice(String name, String defaultValue, String... choices) {
        var expected = String.join(" or ", choices);
        ask(name, defaultValue, expected);
        var value = find(name);
        if (value == null) {
            return defaultValue;
        }
        if (!List.of(choices).contains(value.text().strip())) {
            throw wrong(name, value, expected);
        }
        return value.text().strip();
    }

    /** Comma-separated texts, trimmed, empty ones left out. */
    public List<String> list(String name, String defaultValue) {
        return Arrays.stream(text(name, defaultValue).split(",", -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    /** A whole number from min to max. */
    public int integer(String name, int defaultValue, int min, int max) {
        ask(name, defaultValue, min + " to " + max);
        var value = find(name);
        if (value == null) {
            return defaultValue;
        }
        try {
            int number = Integer.parseInt(value.text().strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw wrong(name, value, "a whole number from " + min + " to " + max);
    }

    /** A number from min to max. */
    public double decimal(String name, double defaultValue, double min, double max) {
        var format = new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT));
        ask(name, format.format(defaultValue), format.format(min) + " to " + format.format(max));
        var value = find(name);
        if (value == null) {
            return defaultValue;
        }
        try {
            double number = Double.parseDouble(value.text().strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw wrong(name, value, "a number from " + min + " to " + max);
    }

    /** A duration from min to max in ISO 8601 ({@code PT5S}). */
    public Duration duration(String name, Duration defaultValue, Duration min, Duration max) {
        ask(name, text(defaultValue), text(min) + " to " + text(max));
        var value = find(name);
        return value == null ? defaultValue : duration(name, value, min, max);
    }

    /** The same, for what is not limited where it is not set: then null. */
    public @Nullable Duration durationIfSet(String name, Duration min, Duration max) {
        ask(name, "", text(min) + " to " + text(max));
        var value = find(name);
        return value == null ? null : duration(name, value, min, max);
    }

    /** Whole days as days: {@code P7D} is easier to read than {@code PT168H}. */
    private static String text(Duration duration) {
        var days = duration.toDays();
        return days > 0 && duration.equals(Duration.ofDays(days)) ? "P" + days + "D" : duration.toString();
    }

    private static Duration duration(String name, Value value, Duration min, Duration max) {
        try {
            var duration = Duration.parse(value.text().strip());
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // reported below
        }
        throw wrong(name, value, "a duration from " + min + " to " + max + ", such as PT5S");
    }

    /** true or false. */
    public boolean flag(String name, boolean defaultValue) {
        ask(name, defaultValue, "true or false");
        var value = find(name);
        if (value == null) {
            return defaultValue;
        }
        return switch (value.text().strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, value, "true or false");
        };
    }

    private @Nullable Value find(String name) {
        var value = values.get(name);
        return value == null || value.text().isBlank() ? null : value;
    }

    private static SettingException wrong(String name, Value value, String expected) {
        return new SettingException(
                name + " must be " + expected + ", is '" + value.text() + "' (" + value.origin() + ")");
    }
}
