package postbus.shop.asyncapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the source files of the contracts say of their records. */
final class Sources {
    private static final Pattern JAVADOC_OF_RECORD = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@[A-Z]\\w*(?:\\([^)]*\\))?\\s*)*public record", Pattern.DOTALL);

    private final Path folder;

    /** @param folder of the source files */
    Sources(Path folder) {
        this.folder = folder;
    }

    /** The javadoc of a record as plain text, without what its components are; empty when there is none. */
    String describe(Class<?> type) {
        try {
            var file = folder.resolve(type.getName().replace('.', '/') + ".java");
            var comment = JAVADOC_OF_RECORD.matcher(Files.readString(file));
            return comment.find() ? plain(comment.group(1)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String plain(String javadoc) {
        return javadoc.replaceAll("(?m)^\\s*\\* ?", "")
                .replaceAll("(?s)\\n@param.*", "")
                .replaceAll("\\{@(?:link|code) #?([^}]*)}", "$1")
                .replaceAll("<[a-z/]+>", "")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
