package postbus.node;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.Properties;
import postbus.messaging.schema.Migrations;

/**
 * Where the services' schemas are.
 *
 * @param url {@code postgresql://user:password@host:port/database}
 * @param poolSize connections of one service on one node
 */
public record Database(String url, int poolSize) {
    /** How long a statement may wait for a lock. */
    private static final String LOCK_TIMEOUT = "10s";
    /** How long a statement may run. */
    private static final String STATEMENT_TIMEOUT = "30s";
    /** After which Postgres ends a session that left its transaction open. */
    private static final String IDLE_IN_TRANSACTION_TIMEOUT = "60s";
    /** How long reaching the server by TCP may take. */
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    /** How many callers may wait for a connection; more are refused at once. */
    private static final int WAITING_MAX = 2_000;

    public Database {
        parse(url);
    }

    /** Reads {@code DATABASE_URL} and {@code DATABASE_POOL_SIZE}. */
    public static Database of(Settings settings) {
        var url = settings.required("DATABASE_URL", "postgresql://user:password@host:port/database");
        return new Database(url, settings.integer("DATABASE_POOL_SIZE", 8, 1, 100));
    }

    /** Options for a connection that sees a service's schema. */
    public PgConnectOptions connectOptions(String service, String applicationName) {
        return parse(url)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(512)
                .addProperty("search_path", "\"" + service + "\"")
                .addProperty("application_name", applicationName)
                .addProperty("jit", "off")
                .addProperty("synchronous_commit", "on") // an answer means durable
                .addProperty("lock_timeout", LOCK_TIMEOUT)
                .addProperty("statement_timeout", STATEMENT_TIMEOUT)
                .addProperty("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT);
    }

    /** A pool on a service's schema. Whoever asks for it closes it. */
    public Pool pool(Vertx vertx, String service) {
        return pool(vertx, connectOptions(service, "postbus " + service), poolSize);
    }

    /** A pool with these options. */
    static Pool pool(Vertx vertx, PgConnectOptions options, int size) {
        var poolOptions = new PoolOptions()
                .setMaxSize(size)
                .setMaxWaitQueueSize(WAITING_MAX)
                .setConnectionTimeout(0); // callers limit their own waiting, see Transactions
        return PgBuilder.pool()
                .with(poolOptions)
                .with(new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MS))
                .connectingTo(options)
                .using(vertx)
                .build();
    }

    /** Brings a service's schema up to date. Blocks. */
    public void migrate(String service, boolean hasOwnTables) {
        var options = parse(url);
        int query = url.indexOf('?'); // sslmode and the like go by the same names there
        var jdbcUrl = "jdbc:postgresql://" + options.getHost() + ":" + options.getPort() + "/" + options.getDatabase()
                + (query < 0 ? "" : url.substring(query));
        var credentials = new Properties();
        credentials.setProperty("user", options.getUser());
        if (options.getPassword() != null) {
            credentials.setProperty("password", options.getPassword());
        }
        Migrations.migrate(jdbcUrl, credentials, service, hasOwnTables);
    }

    private static PgConnectOptions parse(String url) {
        try {
            return PgConnectOptions.fromUri(url);
        } catch (RuntimeException e) {
            throw new SettingException("DATABASE_URL must be postgresql://user:password@host:port/database");
        }
    }
}
