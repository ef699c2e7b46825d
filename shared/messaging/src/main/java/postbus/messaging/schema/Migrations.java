package postbus.messaging.schema;

import java.util.Map;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import postbus.messaging.Shards;

/**
 * Runs versioned migrations with Flyway. Safe to run again, and from several nodes at once: Flyway holds an advisory
 * lock meanwhile, and the others wait for it, at most half an hour. A node that dies in the middle leaves nothing behind:
 * each migration is a transaction. Blocks: call it on a worker or virtual thread.
 *
 * <p>The library's migrations are {@code postbus/messaging/migrations}, with the history in {@code messaging_history};
 * a service's are {@code postbus/<service>/migrations}, with the history in {@code service_history}. A shard's are those of
 * its service. Afterwards roles are given what they need of the tables that are there then. A login that may not change the
 * schema passes where nothing is to be changed.
 */
public final class Migrations {
    /** A second apart; another node's migration may fill an index that takes minutes. */
    private static final int LOCK_TRIES_MAX = 1_800;

    private Migrations() {}

    /**
     * @param jdbcUrl of the database, {@code jdbc:postgresql://…}
     * @param service the schema's name, made when it is not there
     * @param hasOwnTables whether the service brings migrations of its own
     */
    public static void migrate(String jdbcUrl, Properties credentials, String service, boolean hasOwnTables) {
        migrate(jdbcUrl, credentials, service, "messaging_history", "classpath:postbus/messaging/migrations");
        if (hasOwnTables) {
            var migrations = "classpath:postbus/" + Shards.serviceOf(service) + "/migrations";
            migrate(jdbcUrl, credentials, service, "service_history", migrations);
        }
        Privileges.give(jdbcUrl, credentials, service);
    }

    private static void migrate(
            String jdbcUrl, Properties credentials, String schema, String history, String location) {
        Flyway.configure()
                .dataSource(jdbcUrl, credentials.getProperty("user"), credentials.getProperty("password"))
                .schemas(schema)
                .defaultSchema(schema)
                .table(history)
                .locations(location)
                .failOnMissingLocations(true)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .lockRetryCount(LOCK_TRIES_MAX)
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                .load()
                .migrate();
    }
}
