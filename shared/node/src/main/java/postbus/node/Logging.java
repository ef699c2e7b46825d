package postbus.node;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** How a process logs: by {@code logback.xml} of the settings' folder, or else of the jar, in the form that is set. */
final class Logging {
    private static final String FORMAT = "LOG_FORMAT";

    private Logging() {}

    static String format(Settings settings) {
        return settings.choice(FORMAT, "text", "text", "json");
    }

    /** Loggers that are there already follow. A file named to logback itself is left alone. */
    static void use(Path folder, Settings settings) {
        var format = format(settings);
        if (System.getProperty("logback.configurationFile") != null
                || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext logback)) {
            return;
        }
        logback.reset();
        logback.putProperty(FORMAT, format);
        var configurator = new JoranConfigurator();
        configurator.setContext(logback);
        var file = folder.resolve("logback.xml");
        try {
            if (Files.exists(file)) {
                configurator.doConfigure(file.toFile());
            } else {
                configurator.doConfigure(Logging.class.getResource("/logback.xml"));
            }
        } catch (JoranException e) {
            throw new SettingException(file + " cannot be read: " + e.getMessage());
        }
    }
}
