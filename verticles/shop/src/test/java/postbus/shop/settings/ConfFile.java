package postbus.shop.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A file of {@code conf/}: settings with their defaults, each with its comment above. One that is commented out has a
 * default that depends, or none.
 */
record ConfFile(String name, Map<String, Line> settings) {
    private static final Pattern SETTING = Pattern.compile("(?:# )?([A-Z][A-Z0-9_]+):(?: (.*))?");

    /** @param comment what the setting does and, as its last sentence, its range */
    record Line(String value, String comment) {}

    static ConfFile read(Path file) {
        try {
            var settings = new LinkedHashMap<String, Line>();
            var comment = new StringBuilder();
            for (var line : Files.readAllLines(file)) {
                var setting = SETTING.matcher(line);
                if (setting.matches()) {
                    var value = setting.group(2) == null ? "" : setting.group(2).strip();
                    settings.put(
                            setting.group(1), new Line(value, comment.toString().strip()));
                    comment.setLength(0);
                } else if (line.startsWith("#")) {
                    comment.append(line.substring(1).strip()).append(' ');
                } else {
                    comment.setLength(0);
                }
            }
            return new ConfFile("conf/" + file.getFileName(), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
