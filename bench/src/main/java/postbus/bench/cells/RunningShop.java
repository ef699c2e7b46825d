package postbus.bench.cells;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code ./run} as anybody starts it, the shop or one node of it, until it is closed. */
final class RunningShop implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Pattern OPEN = Pattern.compile("(?:The shop is open|is ready) after .*?(http://\\S+)");

    private final Process process;
    private final URI address;

    private RunningShop(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it and waits until it is open.
     *
     * @param home folder of {@code run}
     * @param work folder for its data and its log
     * @param environment what it gets besides this process's own
     * @param arguments of {@code run}
     */
    static RunningShop open(Path home, Path work, Map<String, String> environment, String... arguments)
            throws InterruptedException {
        var log = work.resolve("shop.log");
        var builder = new ProcessBuilder(
                        Stream.concat(Stream.of("./run"), Stream.of(arguments)).toList())
                .directory(home.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().remove("DATABASE_URL");
        builder.environment().put("DATA_DIR", work.resolve("data").toString());
        builder.environment().put("HTTP_PORT", "0");
        builder.environment().putAll(environment);
        try {
            var process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // when this is ended before it
            for (long end = System.nanoTime() + WITHIN.toNanos(); ; Thread.sleep(LOOK_EVERY)) {
                var open = OPEN.matcher(Files.readString(log));
                if (open.find()) {
                    return new RunningShop(process, URI.create(open.group(1)));
                }
                if (!process.isAlive() || System.nanoTime() > end) {
                    process.destroy();
                    throw new IllegalStateException("./run did not start:\n" + Files.readString(log));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    /** SIGTERM, and waits until it has ended. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join();
    }
}
