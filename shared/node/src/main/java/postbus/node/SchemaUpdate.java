package postbus.node;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.transaction.Failures;

/**
 * Brings schemas up to date before their services start. A database that is away, starting, or read only is waited for
 * with growing pauses, and a migration that lost its connection is done again; whatever else fails is thrown, and that the
 * server does not prove itself is a {@link SettingException}.
 */
final class SchemaUpdate {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaUpdate.class);

    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10));

    private final Database database;
    private final Duration patience;
    private final Vertx vertx;

    private SchemaUpdate(Database database, Duration patience, Vertx vertx) {
        this.database = database;
        this.patience = patience;
        this.vertx = vertx;
    }

    /** Reads what {@link Database} does, and {@code DATABASE_PATIENCE}. */
    static SchemaUpdate of(Settings settings, Vertx vertx) {
        return new SchemaUpdate(
                Database.of(settings),
                settings.duration("DATABASE_PATIENCE", Duration.ofMinutes(10), Duration.ZERO, Duration.ofDays(1)),
                vertx);
    }

    /**
     * Blocks.
     *
     * @param isEnding whether to wait no longer
     */
    void run(String schema, BooleanSupplier isEnding) {
        var ends = System.nanoTime() + patience.toNanos();
        for (int attempts = 1; ; attempts++) {
            try {
                database.requireTrusted();
                database.migrate(schema, true);
                return;
            } catch (SettingException failure) {
                throw failure;
            } catch (Exception failure) {
                var pause = BACKOFF.after(attempts);
                var reason = unavailable(failure);
                if (isEnding.getAsBoolean() || reason.isEmpty() || System.nanoTime() + pause.toNanos() > ends) {
                    throw failure;
                }
                LOG.warn(
                        "migration.waits schema={} attempts={}, tried again in {} ms: {}",
                        schema,
                        attempts,
                        pause.toMillis(),
                        reason.get().toString());
                vertx.timer(pause.toMillis(), TimeUnit.MILLISECONDS).await();
            }
        }
    }

    private static Optional<Throwable> unavailable(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(Failures::isUnavailable)
                .findFirst();
    }
}
