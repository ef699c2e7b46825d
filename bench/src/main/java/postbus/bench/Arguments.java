package postbus.bench;

import java.util.HashMap;
import java.util.Map;

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

    public String text(String name, String defaultValue) {
        var text = given.remove(name);
        return text == null ? defaultValue : text;
    }

    /** A whole number from 1. */
    public int number(String name, int defaultValue, int max) {
        var text = given.remove(name);
        if (text == null) {
            return defaultValue;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new IllegalArgumentException("--" + name + " must be a whole number from 1 to " + max + ", is " + text);
    }

    /** Fails when an option was given that nobody asked for. */
    public void requireNoMore() {
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown option: --" + given.keySet().iterator().next());
        }
    }
}
