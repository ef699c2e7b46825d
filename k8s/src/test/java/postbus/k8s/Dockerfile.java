package postbus.k8s;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What the last stage of the {@code Dockerfile} says. */
final class Dockerfile {
    private static final String TEXT = Repository.text("Dockerfile");
    private static final String LAST = TEXT.substring(TEXT.lastIndexOf("\nFROM ") + 1);

    private Dockerfile() {}

    static String text() {
        return TEXT;
    }

    static String base() {
        return value("FROM");
    }

    static String user() {
        return value("USER");
    }

    static String stopSignal() {
        return value("STOPSIGNAL");
    }

    static List<String> entrypoint() {
        return Pattern.compile("\"([^\"]+)\"")
                .matcher(value("ENTRYPOINT"))
                .results()
                .map(word -> word.group(1))
                .toList();
    }

    static List<String> exposed() {
        return List.of(value("EXPOSE").split(" ", -1));
    }

    /** Folders of the tree that become layers, in their order. */
    static List<String> layers() {
        return Pattern.compile("(?m)^COPY --from=build /image/(\\S+)/ /$")
                .matcher(LAST)
                .results()
                .map(copy -> copy.group(1))
                .toList();
    }

    static Map<String, String> environment() {
        var variables = new TreeMap<String, String>();
        Pattern.compile("(?m)^ENV (\\w+)=(\\S+)$")
                .matcher(LAST)
                .results()
                .forEach(variable -> variables.put(variable.group(1), variable.group(2)));
        return variables;
    }

    private static String value(String instruction) {
        var line = Pattern.compile("(?m)^" + instruction + " (.+)$").matcher(LAST);
        if (!line.find()) {
            throw new AssertionError("the Dockerfile has no " + instruction);
        }
        return line.group(1);
    }
}
