package postbus.messaging.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;

/** Runs simulations without a log line for each simulated fault. */
final class Quiet {
    private static final List<String> LOUD = List.of("postbus.messaging.relay", "postbus.messaging.subscription");

    private Quiet() {}

    static <T> T run(Callable<T> work) throws Exception {
        var loggers = LOUD.stream()
                .map(name -> (Logger) LoggerFactory.getLogger(name))
                .toList();
        var levels = loggers.stream().map(Logger::getLevel).toList();
        loggers.forEach(logger -> logger.setLevel(Level.OFF));
        try {
            return work.call();
        } finally {
            for (int i = 0; i < loggers.size(); i++) {
                loggers.get(i).setLevel(levels.get(i)); // null: as its parent
            }
        }
    }
}
