package postbus.bench.jmh;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JMH's own command line, with little time for each by default. */
public final class JmhMain {
    private static final List<String> DEFAULTS = List.of("-f", "1", "-wi", "2", "-w", "2s", "-i", "4", "-r", "3s");

    private JmhMain() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            org.openjdk.jmh.Main.main(arguments);
            return;
        }
        var out = Files.createDirectories(Path.of("bench/target/run/jmh")).resolve("results.json");
        var options = new ArrayList<>(DEFAULTS);
        options.addAll(List.of("-rf", "json", "-rff", out.toString()));
        org.openjdk.jmh.Main.main(options.toArray(String[]::new));
    }
}
