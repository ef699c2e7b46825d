package postbus.bench.chaos;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import postbus.node.Node;

/** The tool that adds and removes instances under load: see {@link ScaleOptions#USAGE}. */
public final class ScaleMain {
    private ScaleMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("--help")) {
            System.out.print(ScaleOptions.USAGE);
            return;
        }
        var home = Path.of("").toAbsolutePath();
        Node.useLogging(home.resolve("conf"), System.getenv());
        try {
            var options = ScaleOptions.parse(arguments, LocalDateTime.now(ZoneId.systemDefault()));
            ChaosMain.createFolder(options.folder());
            try (var log = new RunLog(options.folder())) {
                var run = new ScaleRun(options, home, log);
                // Whatever ends this process, no node outlives it
                Runtime.getRuntime().addShutdownHook(new Thread(run::close, "end"));
                System.exit(run.run().isEmpty() ? 0 : 1);
            }
        } catch (IllegalArgumentException e) {
            System.err.println("scale: " + e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(2);
        }
    }
}
