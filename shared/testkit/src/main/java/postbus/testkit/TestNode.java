package postbus.testkit;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Command;
import postbus.messaging.Envelope;
import postbus.messaging.Message;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Query;
import postbus.messaging.Shards;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.service.RequestHeaders;
import postbus.messaging.service.ServiceClient;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.trace.Tracing;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transactions;
import postbus.node.Database;
import postbus.node.Node;
import postbus.node.NodeService;
import postbus.node.Settings;
import postbus.node.Sharding;
import postbus.postgres.ScratchDatabase;

/**
 * Services in this JVM on a database of their own, with a relay for each source. One for a test class; close it after.
 */
public final class TestNode implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String MESSAGES = """
            select message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data
              from outbox
             order by id
            """;

    private static final String LAGGING = """
            select c.subscription, c.lane, c.position
              from subscription_cursor c
             where c.source = $1
            """;

    private static final String HEADS = """
            select lane, max(position) as position from ledger group by lane order by lane
            """;

    private static final String UNCUT = """
            select (select count(*) from outbox) - (select position from ledger_head) as uncut
            """;

    private final Node node;
    private final Database database;
    private final Shards shards;
    private final ServiceClient client;
    private final Map<String, Pool> pools = new ConcurrentHashMap<>();
    private final Map<String, Transactions> sources = new ConcurrentHashMap<>();
    private final List<String> services = new ArrayList<>();

    private TestNode(Map<String, String> settings, List<NodeService> services) {
        this.node = Node.alone();
        var url = settings.get("DATABASE_URL");
        this.database = new Database(url == null ? ScratchDatabase.create() : url, 4);
        var all = new HashMap<>(Map.of(
                "DATABASE_URL",
                database.url(),
                "DATABASE_POOL_SIZE",
                "6",
                "HTTP_PORT",
                "0",
                "ANNOUNCE_EVERY",
                "PT0.1S"));
        all.putAll(settings);
        node.deploy(services, name -> Settings.of(all));
        this.shards = Sharding.rules(Settings.of(all));
        this.client = new ServiceClient(node.vertx(), PATIENCE, Tracing.OFF, shards);
        for (var service : services) {
            if (service.hasSchema()) {
                var source = Sharding.source(Settings.of(all), service.name());
                this.services.add(source);
                relay(source);
            }
        }
    }

    /** Migrates and deploys these services with default settings. */
    public static TestNode start(NodeService... services) {
        return start(Map.of(), services);
    }

    /** Migrates and deploys these services with these settings; {@code DATABASE_URL} may name another database. */
    public static TestNode start(Map<String, String> settings, NodeService... services) {
        return new TestNode(settings, List.of(services));
    }

    public Vertx vertx() {
        return node.vertx();
    }

    /** Where the schemas are, as {@code DATABASE_URL} takes it. */
    public String databaseUrl() {
        return database.url();
    }

    /** Where the node answers HTTP: a gateway among its services, else health and metrics. */
    public int httpPort() {
        return node.httpPort();
    }

    /** Asks and waits; a refusal is thrown as {@link postbus.messaging.Refusal}. */
    public <R> R ask(Query query, Class<R> reply) {
        return client.ask(query, reply, RequestHeaders.fresh()).await();
    }

    /** Asks and waits; a refusal is thrown as {@link postbus.messaging.Refusal}. */
    public <R> R ask(Command command, Class<R> reply) {
        return client.ask(command, reply, RequestHeaders.fresh()).await();
    }

    /** Asks under an idempotency key. */
    public <R> R ask(Command command, Class<R> reply, String idempotencyKey) {
        return client.ask(command, reply, RequestHeaders.fresh().withIdempotencyKey(idempotencyKey))
                .await();
    }

    /** Speaks as a source: a neighbour that is not deployed gets a schema with message tables, and a relay. */
    public Transactions as(String source) {
        return sources.computeIfAbsent(source, name -> {
            if (!services.contains(name)) {
                database.migrate(name, false);
                relay(name);
            }
            return new Transactions(
                    node.vertx().getOrCreateContext(),
                    name,
                    pool(name),
                    new Outbox(ServiceContext.MESSAGE_BYTES_MAX),
                    Clock.systemUTC(),
                    new EventBusWake(node.vertx().getOrCreateContext(), name),
                    node.observer(),
                    shards);
        });
    }

    /** All messages a source has committed, in the order of their writing. */
    public List<Envelope> messages(String source) {
        return sql(source).list(MESSAGES, row -> envelope(row, source));
    }

    /** The first message of this class in a source's outbox that fits; waits for it, at most 10 s. */
    public <M extends Message> M awaitMessage(String source, Class<M> type, Predicate<M> fits) {
        return Await.value(
                type.getSimpleName() + " of " + source,
                PATIENCE,
                () -> messages(source, type).stream().filter(fits).findFirst());
    }

    /** The messages of this class in a source's outbox so far. */
    public <M extends Message> List<M> messages(String source, Class<M> type) {
        var name = MessageType.of(type).toString();
        return messages(source).stream()
                .filter(message -> message.type().equals(name))
                .map(message -> MessageJson.read(message.data(), type))
                .toList();
    }

    /** Statements on a service's schema, each on its own. */
    public Sql sql(String service) {
        return as(service).reading();
    }

    /** Waits, at most 10 s, until every subscription here has applied everything that was committed. */
    public void settled() {
        Await.until("all messages applied", PATIENCE, () -> {
            var sourceNames = new ArrayList<>(services);
            sources.keySet().stream().filter(name -> !services.contains(name)).forEach(sourceNames::add);
            return sourceNames.stream().allMatch(this::isApplied);
        });
    }

    private boolean isApplied(String source) {
        long uncut = sql(source).find(UNCUT, row -> row.getLong("uncut")).orElseThrow();
        if (uncut != 0) {
            return false;
        }
        var heads = new HashMap<Integer, Long>();
        sql(source).list(HEADS, row -> heads.put(row.getInteger("lane"), row.getLong("position")));
        return services.stream()
                .flatMap(service -> sql(service)
                        .list(
                                LAGGING,
                                row -> row.getLong("position") >= heads.getOrDefault(row.getInteger("lane"), 0L),
                                source)
                        .stream())
                .allMatch(hasReachedHead -> hasReachedHead);
    }

    private Pool pool(String schema) {
        return pools.computeIfAbsent(schema, name -> database.pool(node.vertx(), name));
    }

    private void relay(String source) {
        var options = database.connectOptions(source, "test relay " + source);
        var relay = new Relay(source, options, pool(source), RelayOptions.DEFAULT.withObserver(node.observer()));
        node.report(relay);
        node.vertx().deployVerticle(relay).await();
    }

    private static Envelope envelope(Row row, String source) {
        @Nullable String recipient = row.getString("recipient");
        return new Envelope(
                row.getUUID("message_id"),
                source,
                row.getString("type"),
                row.getString("key"),
                row.getOffsetDateTime("time").toInstant(),
                recipient,
                row.getUUID("correlation_id"),
                Optional.ofNullable(row.getUUID("causation_id")).orElse(null),
                row.getString("traceparent"),
                row.getBuffer("data"));
    }

    @Override
    public void close() {
        pools.values().forEach(pool -> pool.close().await());
        node.close();
    }
}
