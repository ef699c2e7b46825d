package postbus.messaging.schema;

import io.vertx.pgclient.PgConnectOptions;
import postbus.messaging.Source;

/** Migrates a schema in a JVM of its own: DATABASE_URL SCHEMA. */
public final class MigrationProcess {
    private MigrationProcess() {}

    public static void main(String[] arguments) {
        Source.migrate(PgConnectOptions.fromUri(arguments[0]), arguments[1]);
        System.out.println("MIGRATED");
    }
}
