package postbus.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.schema.Migrations;

/**
 * Where the services' schemas are, and as whom a node comes.
 *
 * @param url {@code postgresql://user:password@host:port/database}
 * @param ownerUrl the same for whoever owns the schemas and brings them up to date
 * @param authority who signed the certificate of the server, a PEM file; then nothing is said to a server that does not
 *     prove its name by one. Null where it is as the URL says
 * @param poolSize connections of one service on one node
 * @param statementTimeout after which Postgres gives up a statement, and a session that leaves its transaction without
 *     one, 1 s to 10 min. A connection that stays silent for 2 s longer is taken for lost: a server that is there would
 *     have said so.
 */
public record Database(
        String url, String ownerUrl, @Nullable Path authority, int poolSize, Duration statementTimeout) {
    /** 30 s. */
    public static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

    private static final String FORM = "postgresql://user:password@host:port/database";
    /** What a URL may say of TLS. */
    private static final Pattern SSL_MODE = Pattern.compile("[?&]ssl(mode|rootcert)=");

    /** How long a statement may wait for a lock. */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);
    /** For what Postgres answers after the time is over to arrive. */
    private static final Duration ANSWER_MARGIN = Duration.ofSeconds(2);
    /**
     * Gives up a server that does not answer, in seconds, and lets the server notice a node that vanished in the middle:
     * the lock it held is then free for another.
     */
    private static final String MIGRATION_CONNECTION = "connectTimeout=5&loginTimeout=10&tcpKeepAlive=true"
            + "&options=-c%20tcp_keepalives_idle=10%20-c%20tcp_keepalives_interval=5%20-c%20tcp_keepalives_count=3";
    /** How long reaching the server by TCP may take. */
    private static final int CONNECT_TIMEOUT_MS = 5_000;
    /** How many callers may wait for a connection; more are refused at once. */
    private static final int WAITING_MAX = 2_000;
    /** How long the answer to a probe may take; a connection that is silent longer is another's turn. */
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    /** How many may wait for the answer to a probe. */
    private static final int PROBES_WAITING_MAX = 20;

    public Database {
        parse("DATABASE_URL", url);
        parse("DATABASE_OWNER_URL", ownerUrl);
    }

    /** One login for everything. */
    public Database(String url, int poolSize, Duration statementTimeout) {
        this(url, url, null, poolSize, statementTimeout);
    }

    /** Statements may take {@link #STATEMENT_TIMEOUT}. */
    public Database(String url, int poolSize) {
        this(url, poolSize, STATEMENT_TIMEOUT);
    }

    /**
     * Reads {@code DATABASE_URL}, {@code DATABASE_OWNER_URL}, {@code DATABASE_CA}, {@code DATABASE_POOL_SIZE} and {@code
     * DATABASE_STATEMENT_TIMEOUT}.
     */
    public static Database of(Settings settings) {
        var url = settings.required("DATABASE_URL", FORM);
        var ownerUrl = settings.text("DATABASE_OWNER_URL", "");
        var authority = settings.text("DATABASE_CA", "");
        return new Database(
                url,
                ownerUrl.isEmpty() ? url : ownerUrl,
                authority.isEmpty() ? null : requireAuthority(Path.of(authority), List.of(url, ownerUrl)),
                settings.integer("DATABASE_POOL_SIZE", 8, 1, 100),
                settings.duration(
                        "DATABASE_STATEMENT_TIMEOUT",
                        STATEMENT_TIMEOUT,
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(10)));
    }

    /** Options for a connection that sees a service's schema. */
    public PgConnectOptions connectOptions(String service, String applicationName) {
        return login().setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(512)
                .addProperty("search_path", "\"" + service + "\"")
                .addProperty("application_name", applicationName)
                .addProperty("jit", "off")
                .addProperty("synchronous_commit", "on") // an answer means durable
                .addProperty("lock_timeout", millis(shorter(LOCK_TIMEOUT, statementTimeout)))
                .addProperty("statement_timeout", millis(statementTimeout))
                .addProperty("idle_in_transaction_session_timeout", millis(statementTimeout));
    }

    /** One connection to ask whether the database is there, apart from those that work, which may all be busy. */
    Pool probe(Vertx vertx) {
        return new Database(url, ownerUrl, authority, 1, PROBE_TIMEOUT)
                .pool(vertx, "probe", login().addProperty("application_name", "postbus probe"), 1, PROBES_WAITING_MAX);
    }

    /**
     * Fails with a line for people when a server is there that does not prove itself. One that is not there passes, or says
     * that it cannot be used: it is waited for elsewhere. Blocks.
     */
    void requireTrusted() {
        if (authority == null) {
            return;
        }
        for (var each : Set.copyOf(List.of(url, ownerUrl))) {
            var options = parse("DATABASE_URL", each);
            Untrusted.why(jdbcUrl(each, "verify-full"), jdbcUrl(each, "verify-ca"), credentials(options))
                    .ifPresent(why -> {
                        throw new SettingException("DATABASE_CA: " + options.getHost() + ":" + options.getPort()
                                + " does not prove to be the server that is meant: " + why);
                    });
        }
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** A pool on a service's schema. Whoever asks for it closes it. */
    public Pool pool(Vertx vertx, String service) {
        return pool(vertx, service, connectOptions(service, "postbus " + service), poolSize);
    }

    /**
     * A pool with these options. A connection on which nothing was sent or received for longer than a statement may take
     * is closed: the server is gone without a word, and nobody waits for its answer any longer. One that merely is not
     * used is closed before that, so that no statement meets the end of its connection.
     */
    public Pool pool(Vertx vertx, PgConnectOptions options, int size) {
        return pool(vertx, "other", options, size);
    }

    /**
     * The same.
     *
     * @param name for its measures
     */
    public Pool pool(Vertx vertx, String name, PgConnectOptions options, int size) {
        return pool(vertx, name, options, size, WAITING_MAX);
    }

    private Pool pool(Vertx vertx, String name, PgConnectOptions options, int size, int waitingMax) {
        var silenceMax = statementTimeout.plus(ANSWER_MARGIN);
        var poolOptions = new PoolOptions()
                .setName(name)
                .setMaxSize(size)
                .setMaxWaitQueueSize(waitingMax)
                .setConnectionTimeout(0) // callers limit their own waiting, see Transactions
                .setIdleTimeout(Math.toIntExact(silenceMax.dividedBy(2).toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setPoolCleanerPeriod(Math.toIntExact(silenceMax.dividedBy(4).toMillis()));
        var connections = new NetClientOptions()
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setIdleTimeout(Math.toIntExact(silenceMax.toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        return PgBuilder.pool()
                .with(poolOptions)
                .with(connections)
                .connectingTo(options)
                .using(vertx)
                .build();
    }

    /** Brings a service's schema up to date, as its owner. Blocks. */
    public void migrate(String service, boolean hasOwnTables) {
        var options = parse("DATABASE_OWNER_URL", ownerUrl);
        Migrations.migrate(jdbcUrl(ownerUrl, "verify-full"), credentials(options), service, hasOwnTables);
    }

    /** @param sslMode where there is an authority */
    private String jdbcUrl(String url, String sslMode) {
        var options = parse("DATABASE_URL", url);
        int query = url.indexOf('?'); // sslmode and the like go by the same names there
        return "jdbc:postgresql://" + options.getHost() + ":" + options.getPort() + "/" + options.getDatabase()
                + (query < 0 ? "?" : url.substring(query) + "&") + MIGRATION_CONNECTION
                + (authority == null
                        ? ""
                        : "&sslmode=" + sslMode + "&sslrootcert=" + URLEncoder.encode(authority.toString(), UTF_8));
    }

    private static Properties credentials(PgConnectOptions options) {
        var credentials = new Properties();
        credentials.setProperty("user", options.getUser());
        if (options.getPassword() != null) {
            credentials.setProperty("password", options.getPassword());
        }
        return credentials;
    }

    private PgConnectOptions login() {
        var options = parse("DATABASE_URL", url);
        if (authority == null) {
            return options;
        }
        return options.setSslMode(SslMode.VERIFY_FULL)
                .setSslOptions(new ClientSSLOptions()
                        .setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()))
                        .setHostnameVerificationAlgorithm("HTTPS"));
    }

    private static Path requireAuthority(Path file, List<String> urls) {
        if (urls.stream().anyMatch(url -> SSL_MODE.matcher(url).find())) {
            throw new SettingException(
                    "DATABASE_CA is set, which means sslmode=verify-full: leave sslmode and sslrootcert"
                            + " out of DATABASE_URL and DATABASE_OWNER_URL");
        }
        try {
            Pem.trustIn("DATABASE_CA", Pem.read("DATABASE_CA", file));
            return file.toAbsolutePath();
        } catch (UnusableCertificate e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private static PgConnectOptions parse(String setting, String url) {
        try {
            return PgConnectOptions.fromUri(url);
        } catch (RuntimeException e) {
            throw new SettingException(setting + " must be " + FORM);
        }
    }

    /** Not the passwords that are in it. */
    @Override
    public String toString() {
        var options = login();
        return "Database[" + options.getHost() + ":" + options.getPort() + "/" + options.getDatabase() + "]";
    }
}
