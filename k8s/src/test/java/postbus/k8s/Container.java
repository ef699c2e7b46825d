package postbus.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import postbus.testkit.network.Host;

/**
 * A process that has what a container of the image has: its files alone, not to be written but for {@code /tmp}, its user,
 * its variables, no rights, and an address of its own. By namespaces of the kernel, so as root.
 */
final class Container implements AutoCloseable {
    /** In a mount namespace of its own: $1 is the root, $2 the user, then the command. Signals go to the last, by exec. */
    private static final String ENTER = """
            root=$1 user=$2
            shift 2
            mount --bind "$root" "$root"
            mount -o remount,ro,bind "$root"
            mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
            mount --rbind /proc "$root/proc"
            mount --rbind /dev "$root/dev"
            exec env -u PATH -u HOME setpriv --no-new-privs \
                /usr/sbin/chroot --userspec="$user" --groups= "$root" "$@"
            """;

    private final Process process;
    private final Path log;

    private Container(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param tree whose files it has
     * @param folder where these are put together and its log is; on the tree's file system
     * @param names as in {@code /etc/hosts}, which a cluster provides
     * @param arguments after the image's entry point
     */
    static Container start(
            ImageTree tree,
            Path folder,
            Host host,
            Map<String, String> environment,
            String names,
            List<String> arguments) {
        var root = folder.resolve("root");
        var log = folder.resolve("log");
        try {
            Files.createDirectories(root);
            tree.unpack(root);
            // Places to which the runtime of containers mounts
            Files.createDirectories(root.resolve("proc"));
            Files.createDirectories(root.resolve("dev"));
            Files.writeString(root.resolve("etc/hosts"), names);
            Files.writeString(root.resolve("etc/host.conf"), "multi on\n");
            Files.writeString(root.resolve("etc/resolv.conf"), "nameserver 127.0.0.1\n");
            var command = new ArrayList<>(List.of(host.prefix()));
            command.addAll(
                    List.of("unshare", "--mount", "sh", "-euc", ENTER, "sh", root.toString(), Dockerfile.user()));
            command.addAll(Dockerfile.entrypoint());
            command.addAll(arguments);
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            var path = builder.environment().get("PATH");
            builder.environment().clear();
            builder.environment().put("PATH", path);
            builder.environment().putAll(Dockerfile.environment());
            builder.environment().putAll(environment);
            return new Container(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() {
        return read(log);
    }

    /** What the kernel says of it: {@code /proc/PID/file}. */
    String proc(String file) {
        return read(Path.of("/proc/" + process.pid() + "/" + file));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM; returns the exit code. */
    int end(Duration max) {
        process.toHandle().destroy();
        return awaitEnd(max);
    }

    /** Waits until it ends by itself; returns the exit code. */
    int awaitEnd(Duration max) {
        try {
            return process.onExit().get(max.toMillis(), TimeUnit.MILLISECONDS).exitValue();
        } catch (TimeoutException e) {
            throw new AssertionError("it did not end within " + max + ": " + log(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
