package postbus.node.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * One node, started from its fat jar. Its output goes straight to a log file, so it neither waits for this process nor
 * loses a line when this process ends; the file is followed from here. Thread-safe; the waits block.
 *
 * <p>This JVM lives for as long as a node it started does.
 */
public final class NodeProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("http://\\S+:(\\d+)");
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration KILL_MAX = Duration.ofSeconds(30);

    private final String service;
    private final String instance;
    private final Path log;
    private final long logBegin;
    private final Process process;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    private NodeProcess(String service, String instance, Path log, long logBegin, Process process) {
        this.service = service;
        this.instance = instance;
        this.log = log;
        this.logBegin = logBegin;
        this.process = process;
    }

    /** Starts a service. Returns at once; see {@link #awaitReady}. */
    public static NodeProcess start(Launch launch, String service) {
        return start(launch, service, service);
    }

    /**
     * Starts a service. Returns at once; see {@link #awaitReady}.
     *
     * @param instance which of the service's nodes this is; its log is appended to {@code logs/INSTANCE.log}
     * @param arguments of its main method
     */
    public static NodeProcess start(Launch launch, String service, String instance, String... arguments) {
        var log = launch.logs().resolve(instance + ".log");
        var command = new ArrayList<>(launch.prefix());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + launch.conf().resolve("jvm.options"));
        command.addAll(launch.jvmOptions());
        command.add("-jar");
        command.add(launch.home()
                .resolve(Path.of("verticles", service, "target", service + ".jar"))
                .toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("CONF_DIR", launch.conf().toString());
        builder.environment().putAll(launch.environment());
        try {
            Files.createDirectories(launch.logs());
            long begin = Files.exists(log) ? Files.size(log) : 0;
            var node = new NodeProcess(service, instance, log, begin, builder.start());
            Thread.ofPlatform().name(instance + "-output").start(() -> node.follow(launch));
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + String.join(" ", command), e);
        }
    }

    private void follow(Launch launch) {
        try (var output = open()) {
            var line = new ByteArrayOutputStream();
            boolean isLast = false;
            while (!isLast) {
                // Asked before reading: what a process that has ended wrote is all there
                isLast = !process.isAlive();
                for (int next = output.read(); next >= 0; next = output.read()) {
                    if (next == '\n') {
                        tell(launch, line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    } else {
                        line.write(next);
                    }
                }
                if (!isLast) {
                    LockSupport.parkNanos(LOOK_EVERY.toNanos());
                }
            }
            if (line.size() > 0) {
                tell(launch, line.toString(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            launch.onLine().accept(instance + ": output lost: " + e);
        } finally {
            int code = process.onExit().join().exitValue();
            ready.completeExceptionally(
                    new IllegalStateException(instance + " ended with code " + code + ", see " + log));
            exit.complete(code);
        }
    }

    private void tell(Launch launch, String line) {
        launch.onLine().accept(line);
        if (line.startsWith(service + " is ready")) {
            ready.complete(line);
        }
    }

    private InputStream open() throws IOException {
        var output = new BufferedInputStream(Files.newInputStream(log));
        output.skipNBytes(logBegin);
        return output;
    }

    public String service() {
        return service;
    }

    public String instance() {
        return instance;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the line that says it is ready; fails when it ends before, or at the limit. Returns itself. */
    public NodeProcess awaitReady(Duration max) {
        get(ready, "be ready", max);
        return this;
    }

    /** Where it answers HTTP, {@code http://host:port}; once it is ready. */
    public String address() {
        return match().group();
    }

    /** The port of {@link #address}. */
    public int httpPort() {
        return Integer.parseInt(match().group(1));
    }

    private MatchResult match() {
        var line = ready.getNow("");
        return ADDRESS.matcher(line)
                .results()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(instance + " is not ready yet"));
    }

    /** What it has printed so far. */
    public String output() {
        try (var output = open()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL. Ends a paused one too. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** SIGTERM: asks it to drain and end. A paused one hears it when it is resumed. */
    public void terminate() {
        process.toHandle().destroy(); // by handle: Process.destroy would close its streams as well
    }

    /** SIGSTOP. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        if (!isAlive()) {
            return; // its process id may be somebody else's by now
        }
        try {
            var kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid())
                    .redirectErrorStream(true)
                    .start();
            var said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (kill.onExit().join().exitValue() != 0 && isAlive()) {
                throw new IllegalStateException("SIG" + name + " to " + instance + " failed: " + said.strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("SIG" + name + " to " + instance + " failed", e);
        }
    }

    /** Waits until it has ended and its last line was told; returns the exit code, 128 + n for signal n. */
    public int awaitExit(Duration max) {
        return get(exit, "end", max);
    }

    /** Completes with the exit code, after its last line was told. */
    public CompletableFuture<Integer> onExit() {
        return exit.copy();
    }

    private <T> T get(CompletableFuture<T> future, String what, Duration max) {
        try {
            return future.get(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(instance + " did not " + what + " within " + max + ", see " + log, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(instance + " did not " + what, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL, and waits until it is gone. */
    @Override
    public void close() {
        kill();
        awaitExit(KILL_MAX);
    }
}
