package postbus.node.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import postbus.messaging.transaction.Failures;
import postbus.node.SettingException;
import postbus.node.Settings;

/** Finds and runs the command that the arguments of a fat jar name. */
public final class Commands {
    private Commands() {}

    /** What every fat jar accepts. */
    @Command(
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            synopsisSubcommandLabel = "[COMMAND]",
            description = "Without a command, runs the service as a node of the cluster until SIGTERM.",
            exitCodeListHeading = "%nExit codes of commands:%n",
            exitCodeList = {
                "0:done",
                "1:failed, not confirmed, nothing to do; of doctor: it found something",
                "2:wrong usage, or a setting is missing or wrong",
                "3:the database cannot be reached"
            })
    private static final class Root {}

    private static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Commands.class.getPackage().getImplementationVersion();
            return new String[] {version == null ? "unpackaged" : version};
        }
    }

    /**
     * Runs a command on standard input and output, and returns the exit code.
     *
     * @param settings of the service, read when the command needs them
     * @param commands makes the objects with picocli's annotations
     */
    public static int run(
            String service,
            Supplier<Settings> settings,
            Function<CommandContext, List<Object>> commands,
            String... arguments) {
        logOnStandardError();
        var in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        var progress = isErrorATerminal() ? Progress.on(err) : Progress.NONE;
        return run(service, settings, commands, in, out, err, progress, arguments);
    }

    /** Runs a command on these instead, for tests. */
    public static int run(
            String service,
            Supplier<Settings> settings,
            Function<CommandContext, List<Object>> commands,
            BufferedReader in,
            PrintWriter out,
            PrintWriter err,
            String... arguments) {
        return run(service, settings, commands, in, out, err, Progress.NONE, arguments);
    }

    /** The same, showing progress. */
    public static int run(
            String service,
            Supplier<Settings> settings,
            Function<CommandContext, List<Object>> commands,
            BufferedReader in,
            PrintWriter out,
            PrintWriter err,
            Progress progress,
            String... arguments) {
        try (var context = new CommandContext(service, settings, in, out, progress)) {
            var line = new CommandLine(new Root()).setCommandName(service + ".jar");
            commands.apply(context).forEach(line::addSubcommand);
            return line.setOut(out)
                    .setErr(err)
                    .setExecutionExceptionHandler((failure, failed, parsed) -> {
                        progress.end();
                        err.println(service + ": " + (failure.getMessage() == null ? failure : failure.getMessage()));
                        return exitCode(failure);
                    })
                    .execute(arguments);
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** Elsewhere, lines that overwrite each other would only fill a log. Where it cannot be told, it is none. */
    private static boolean isErrorATerminal() {
        try {
            var device = Path.of("/dev/stderr").toRealPath().toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    private static int exitCode(Exception failure) {
        if (failure instanceof SettingException) {
            return 2;
        }
        var isUnreachable = Stream.iterate((Throwable) failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(Failures::isUnavailable);
        return isUnreachable ? 3 : 1;
    }

    /** Standard output is for results, which a script may read; only what went wrong is logged at all. */
    private static void logOnStandardError() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.reset();
            var encoder = new PatternLayoutEncoder();
            encoder.setContext(logback);
            encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n%ex");
            encoder.start();
            var console = new ConsoleAppender<ILoggingEvent>();
            console.setContext(logback);
            console.setTarget("System.err");
            console.setEncoder(encoder);
            console.start();
            var root = logback.getLogger(Logger.ROOT_LOGGER_NAME);
            root.setLevel(Level.WARN);
            root.addAppender(console);
        }
    }
}
