package postbus.messaging;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Clock;
import java.util.Properties;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.schema.Migrations;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transactions;

/** A service's schema with the message tables, for tests: a pool, transactions that wake relays, plain statements. */
public final class Source {
    public static final int MESSAGE_BYTES_MAX = 100_000;

    private final String name;
    private final Vertx vertx;
    private final PgConnectOptions options;
    private final Pool pool;
    private final Transactions transactions;

    /** Migrates the schema. */
    public Source(Vertx vertx, String databaseUrl, String name) {
        this.name = name;
        this.vertx = vertx;
        this.options = PgConnectOptions.fromUri(databaseUrl)
                .setCachePreparedStatements(true)
                .addProperty("search_path", "\"" + name + "\"");
        migrate(options, name);
        this.pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(16))
                .connectingTo(options)
                .using(vertx)
                .build();
        this.transactions = new Transactions(
                vertx.getOrCreateContext(),
                name,
                pool,
                new Outbox(MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new EventBusWake(vertx.getOrCreateContext(), name));
    }

    public static void migrate(PgConnectOptions options, String schema) {
        var credentials = new Properties();
        credentials.setProperty("user", options.getUser());
        credentials.setProperty("password", options.getPassword());
        var url = "jdbc:postgresql://" + options.getHost() + ":" + options.getPort() + "/" + options.getDatabase();
        Migrations.migrate(url, credentials, schema, false);
    }

    public String name() {
        return name;
    }

    public PgConnectOptions options() {
        return options;
    }

    public Pool pool() {
        return pool;
    }

    public Transactions transactions() {
        return transactions;
    }

    public Sql sql() {
        return transactions.reading();
    }

    /** Runs statements that are no query, such as making a table. */
    public void ddl(String statements) {
        pool.query(statements).execute().await();
    }

    /** A session of its own. */
    public PgConnection connect() {
        return PgConnection.connect(vertx, options).await();
    }

    /** As after the migration, so that the tests of a class need not wait for a migration each. */
    public void empty() {
        ddl("""
                truncate outbox, ledger, ledger_mark, subscription, scheduled, subscription_cursor, parked_message, replay,
                         dead_letter_decision, pause_decision, reply
                    restart identity;
                update ledger_pruned set position = 0;
                update ledger_head
                   set position = 0, cut_through = '1:1:', cutting = null, cutting_to_id = null, passed_id = 0,
                       settled_id = 0, home = null, timeline = null
                """);
    }
}
