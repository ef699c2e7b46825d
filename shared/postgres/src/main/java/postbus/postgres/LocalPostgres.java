package postbus.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Postgres server of this process, on 127.0.0.1, with the durability of a real one. Closing stops it. Data in a
 * folder that was named stays there for the next start; a crash leaves it to Postgres's own recovery.
 */
public final class LocalPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalPostgres.class);

    private static final Map<String, String> SETTINGS = Map.of(
            "max_connections", "300",
            "shared_buffers", "128MB",
            "max_wal_size", "1GB",
            "fsync", "on",
            "synchronous_commit", "on",
            "full_page_writes", "on",
            "timezone", "UTC");

    private static final String FAST_SHUTDOWN = "-INT";
    private static final String IMMEDIATE_SHUTDOWN = "-QUIT";

    private final EmbeddedPostgres server;
    private final @Nullable Path dataFolder;

    private LocalPostgres(EmbeddedPostgres server, @Nullable Path dataFolder) {
        this.server = server;
        this.dataFolder = dataFolder;
    }

    /** Starts a server whose data goes when it is closed, on a free port. */
    public static LocalPostgres temporary() {
        return temporary(Map.of());
    }

    /** @param settings more of Postgres's own, or others than those it would have */
    public static LocalPostgres temporary(Map<String, String> settings) {
        return start(null, 0, settings);
    }

    /**
     * Starts a server whose data is kept in a folder, made when it is not there.
     *
     * @param port to listen on; 0 for any free one
     */
    public static LocalPostgres kept(Path dataFolder, int port) {
        return start(dataFolder, port, Map.of());
    }

    /** @param settings more of Postgres's own, or others than those it would have */
    static LocalPostgres kept(Path dataFolder, int port, Map<String, String> settings) {
        return start(dataFolder, port, settings);
    }

    private static LocalPostgres start(@Nullable Path dataFolder, int port, Map<String, String> settings) {
        try {
            var builder = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setRegisterShutdownHook(false) // it would end the server under nodes that still drain
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setLocaleConfig("encoding", "UTF-8");
            SETTINGS.forEach(builder::setServerConfig);
            settings.forEach(builder::setServerConfig);
            if (dataFolder != null) {
                var folder = Files.createDirectories(dataFolder).toAbsolutePath();
                endLeftover(folder);
                builder.setDataDirectory(folder)
                        .setCleanDataDirectory(false)
                        .setOverrideWorkingDirectory(
                                folder.resolveSibling("postgres-binaries").toFile());
            }
            var server = builder.start();
            LOG.info(
                    "postgres.started port={} data={}",
                    server.getPort(),
                    dataFolder == null ? "temporary" : dataFolder);
            return new LocalPostgres(server, dataFolder);
        } catch (IOException e) {
            throw new UncheckedIOException("Postgres did not start", e);
        }
    }

    /**
     * Ends a server that outlived the process which started it (that one was killed): at once, but in order. One whose
     * process still lives is left alone, and the folder with it.
     */
    private static void endLeftover(Path dataFolder) throws IOException {
        var pidFile = dataFolder.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try (var channel = FileChannel.open(
                        dataFolder.resolve("epg-lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                throw new IllegalStateException("the database in " + dataFolder + " is in use by another process");
            }
            var pid = Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
            var leftover = ProcessHandle.of(pid).filter(LocalPostgres::isPostgres);
            if (leftover.isPresent()) {
                LOG.info("postgres.leftover pid={}, ending it", pid);
                end(leftover.get(), FAST_SHUTDOWN);
            }
        }
    }

    private static void end(ProcessHandle postgres, String signal) throws IOException {
        new ProcessBuilder("kill", signal, String.valueOf(postgres.pid())).start();
        postgres.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("postgres");
    }

    public int port() {
        return server.getPort();
    }

    /** {@code postgresql://postgres@127.0.0.1:PORT/postgres}, as {@code DATABASE_URL} takes it. */
    public String url() {
        return "postgresql://postgres:postgres@127.0.0.1:" + server.getPort() + "/postgres";
    }

    /**
     * Ends it as a crash would: nothing that is not yet on disk gets there, and the next start on its folder recovers. For
     * a server whose data is kept.
     */
    public void crash() {
        if (dataFolder == null) {
            throw new IllegalStateException("the data of this server would not be there any more");
        }
        try {
            var pid = Files.readAllLines(dataFolder.resolve("postmaster.pid")).get(0);
            end(ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow(), IMMEDIATE_SHUTDOWN);
        } catch (IOException e) {
            throw new UncheckedIOException("Postgres cannot be ended", e);
        }
        close();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Postgres did not stop", e);
        }
    }
}
