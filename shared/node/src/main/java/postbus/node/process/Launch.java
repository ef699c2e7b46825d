package postbus.node.process;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How nodes are started.
 *
 * @param home folder of {@code verticles/NAME/target/NAME.jar}
 * @param conf folder of {@code jvm.options} and the settings
 * @param logs folder of the log files, made when missing
 * @param environment what a node gets besides this process's own
 * @param jvmOptions after those of {@code jvm.options}, so they win
 * @param prefix a command that runs the node, such as {@code ip netns exec HOST}. It must become the node by exec, as
 *     that does: signals go to its process id
 * @param onLine is told each line of output, on a thread of the node's own; must not block for long nor throw
 */
public record Launch(
        Path home,
        Path conf,
        Path logs,
        Map<String, String> environment,
        List<String> jvmOptions,
        List<String> prefix,
        Consumer<String> onLine) {
    public Launch {
        environment = Map.copyOf(environment);
        jvmOptions = List.copyOf(jvmOptions);
        prefix = List.copyOf(prefix);
    }

    /** From the fat jars under {@code home}, with nothing added. */
    public static Launch of(Path home, Path conf, Path logs) {
        return new Launch(home, conf, logs, Map.of(), List.of(), List.of(), line -> {});
    }

    /** The same with these settings over those it has. */
    public Launch with(Map<String, String> settings) {
        var all = new HashMap<>(environment);
        all.putAll(settings);
        return new Launch(home, conf, logs, all, jvmOptions, prefix, onLine);
    }

    /** The same with one setting over those it has. */
    public Launch with(String setting, String value) {
        return with(Map.of(setting, value));
    }

    /** The same with these options instead. */
    public Launch withJvmOptions(String... options) {
        return new Launch(home, conf, logs, environment, List.of(options), prefix, onLine);
    }

    /** The same with this prefix instead. */
    public Launch withPrefix(String... command) {
        return new Launch(home, conf, logs, environment, jvmOptions, List.of(command), onLine);
    }

    /** The same, telling lines to this. */
    public Launch tellingLines(Consumer<String> listener) {
        return new Launch(home, conf, logs, environment, jvmOptions, prefix, listener);
    }
}
