package postbus.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Options of a command line, each with a value: {@code --name value}. What is wrong is named in the exception. */
public final class Arguments {
    private final Map<String, String> given = new HashMap<>();

    public Arguments(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
                throw new IllegalArgumentException("not an option with a value: " + arguments[i]);
            }
            given.put(arguments[i].substring(2), arguments[i + 1]);
        }
    }

    public @Nullable String text(String name) {
        return given.remove(name);
    }

    public String text(String name, String defaultValue) {
        var text = text(name);
        return text == null ? defaultValue : text;
    }

    /** A whole number from 1. */
    public int number(String name, int defaultValue, int max) {
        return (int) number(name, defaultValue, 1, max);
    }

    /** Whole numbers, with commas between them. */
    public List<Integer> numbers(String name, String defaultValue) {
        return Stream.of(text(name, defaultValue).split(",", -1))
                .map(Integer::valueOf)
                .toList();
    }

    /** A whole number; the default may be outside of its bounds. */
    public long number(String name, long defaultValue, long min, long max) {
        var text = text(name);
        if (text == null) {
            return defaultValue;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new IllegalArgumentException(
                "--" + name + " must be a whole number from " + min + " to " + max + ", is " + text);
    }

    /** Fails when an option was given that nobody asked for. */
    public void requireNoMore() {
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown option: --" + given.keySet().iterator().next());
        }
    }
}
