package postbus.node;

import java.nio.file.Files;
import java.nio.file.Path;

/** How a process logs: by {@code logback.xml} of the settings' folder, or else of the jar, in the form that is set. */
final class Logging {
    private static final String FORMAT = "LOG_FORMAT";

    /** What logback reads when the first logger is made. */
    private static final String CONFIGURATION = "logback.configurationFile";

    private Logging() {}

    static String format(Settings settings) {
        return settings.choice(FORMAT, "text", "text", "json");
    }

    /** Comes before the first logger is made. A file named to logback itself stays. */
    static void use(Path folder, Settings settings) {
        System.setProperty(FORMAT, format(settings));
        var file = folder.resolve("logback.xml");
        if (System.getProperty(CONFIGURATION) == null && Files.exists(file)) {
            System.setProperty(CONFIGURATION, file.toAbsolutePath().toString());
        }
    }
}
