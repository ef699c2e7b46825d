package postbus.node.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
            description = "Without a command, runs the service as a node of the cluster until SIGTERM.")
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
        return run(service, settings, commands, in, out, err, arguments);
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
        try (var context = new CommandContext(service, settings, in, out)) {
            var line = new CommandLine(new Root()).setCommandName(service + ".jar");
            commands.apply(context).forEach(line::addSubcommand);
            return line.setOut(out)
                    .setErr(err)
                    .setExecutionExceptionHandler((failure, failed, parsed) -> {
                        err.println(service + ": " + (failure.getMessage() == null ? failure : failure.getMessage()));
                        return failure instanceof SettingException ? 2 : 1;
                    })
                    .execute(arguments);
        } finally {
            out.flush();
            err.flush();
        }
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
