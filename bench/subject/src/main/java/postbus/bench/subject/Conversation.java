package postbus.bench.subject;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * How a measured process and {@code bench/run} talk, in lines. The process begins; then each line in is a command with
 * whole numbers, and has one line for an answer:
 *
 * <pre>
 * out  setting threads=16
 * out  ready 4.2.268
 * in   send 20000
 * out  done perSecond=1723.4
 * in   steady 100 1000
 * out  failed 999 effects of 1000 messages
 * </pre>
 *
 * After {@code failed} nothing more is promised. The process ends when its input does.
 */
public final class Conversation {
    private final BufferedReader in;
    private final PrintStream out;

    /** What a command does; returns its figures. */
    public interface Command {
        Map<String, Double> run(List<Integer> arguments) throws Exception;
    }

    /** Who is spoken to. */
    public record Partner(String version, Map<String, String> settings, Map<String, Command> commands) {}

    Conversation(BufferedReader in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Holds it on this process's standard streams, and ends the process at once, without closing anything. Whatever else is
     * printed goes to standard error.
     */
    public static void hold(Callable<Partner> opening) {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        Runtime.getRuntime().halt(new Conversation(in, out).isRight(opening) ? 0 : 1);
    }

    /** Returns whether everything went well. */
    @SuppressWarnings("CatchAndPrintStackTrace") // that is the log of this process
    boolean isRight(Callable<Partner> opening) {
        try {
            var partner = opening.call();
            partner.settings().forEach((name, value) -> out.println("setting " + name + "=" + value));
            out.println("ready " + partner.version());
            answer(partner.commands());
            return true;
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            out.println("failed " + e.toString().replaceAll("\\s+", " "));
            return false;
        }
    }

    private void answer(Map<String, Command> commands) throws Exception {
        for (var line = read(); !line.isEmpty(); line = read()) {
            var words = Arrays.asList(line.split(" "));
            var command = commands.get(words.get(0));
            if (command == null) {
                throw new IllegalArgumentException("not a command: " + line);
            }
            var figures =
                    command.run(words.stream().skip(1).map(Integer::valueOf).toList());
            out.println(figures.entrySet().stream()
                    .map(figure -> " " + figure.getKey() + "=" + figure.getValue())
                    .collect(Collectors.joining("", "done", "")));
        }
    }

    /** Empty at the end. */
    private String read() throws IOException {
        var line = in.readLine();
        return line == null ? "" : line;
    }
}
