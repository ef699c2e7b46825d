package postbus.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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

    private final EmbeddedPostgres server;

    private LocalPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Starts a server whose data goes when it is closed, on a free port. */
    public static LocalPostgres temporary() {
        return start(null, 0);
    }

    /**
     * Starts a server whose data is kept in a folder, made when it is not there.
     *
     * @param port to listen on; 0 for any free one
     */
    public static LocalPostgres kept(Path dataFolder, int port) {
        return start(dataFolder, port);
    }

    private static LocalPostgres start(@Nullable Path dataFolder, int port) {
        try {
            var builder = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setLocaleConfig("encoding", "UTF-8");
            SETTINGS.forEach(builder::setServerConfig);
            if (dataFolder != null) {
                Files.createDirectories(dataFolder);
                builder.setDataDirectory(dataFolder.toAbsolutePath())
                        .setCleanDataDirectory(false)
                        .setOverrideWorkingDirectory(
                                dataFolder.toAbsolutePath().resolveSibling("postgres-binaries").toFile());
            }
            var server = builder.start();
            LOG.info("postgres.started port={} data={}", server.getPort(), dataFolder == null ? "temporary" : dataFolder);
            return new LocalPostgres(server);
        } catch (IOException e) {
            throw new UncheckedIOException("Postgres did not start", e);
        }
    }

    public int port() {
        return server.getPort();
    }

    /** {@code postgresql://postgres@127.0.0.1:PORT/postgres}, as {@code DATABASE_URL} takes it. */
    public String url() {
        return "postgresql://postgres:postgres@127.0.0.1:" + server.getPort() + "/postgres";
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
