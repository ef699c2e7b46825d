package postbus.bench.work;

import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import postbus.bench.subject.Order;
import postbus.bench.subject.Subject;
import postbus.bench.subject.Watch;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Transactions;
import postbus.node.Database;
import postbus.node.Node;
import postbus.node.NodeService;
import postbus.node.Settings;

/** Producers, relay and subscriber of a fresh database, in this process. Effect and cursor are one transaction. */
final class Postbus implements Subject {
    private static final int READERS = 4;

    private final Watch watch;
    private final int connections;
    private final Node node = Node.alone();
    private final Settings settings;
    private final Database database;
    private final Pool pool;
    private final Transactions sales;

    /** @param connections of the producers */
    Postbus(String databaseUrl, Watch watch, int connections) {
        this.watch = watch;
        this.connections = connections;
        database = new Database(databaseUrl, connections);
        settings = Settings.of(Map.of("DATABASE_URL", databaseUrl, "HTTP_PORT", "0"));
        pool = database.pool(node.vertx(), "sales");
        sales = new Transactions(
                node.vertx().getOrCreateContext(),
                "sales",
                pool,
                new Outbox(ServiceContext.MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new EventBusWake(node.vertx().getOrCreateContext(), "sales"));
    }

    @Override
    public String version() {
        var version = Postbus.class.getPackage().getImplementationVersion();
        return version == null ? "of this tree" : version;
    }

    @Override
    public Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("node, relay, subscription", "their defaults");
        settings.put("connections", connections + " for producers, " + READERS + " for the relay to read");
        settings.put("transaction", "effects of a batch and the cursor in one");
        return settings;
    }

    @Override
    public void open() {
        node.deploy(List.of(NodeService.of("sales", context -> new VerticleBase() {})), name -> settings);
    }

    @Override
    public void take(Order order, boolean isTold) {
        sales.run(Cause.none(), tx -> {
            tx.write(PlainSql.ORDER, PlainSql.row(order));
            if (isTold) {
                tx.publish(OrderTaken.of(order));
            }
            tx.afterCommit(() -> watch.committed(order));
        });
    }

    /** A subscription from now does not get messages of before. */
    @Override
    public void deliver() {
        pool.query("truncate sales.outbox").execute().await();
        node.deploy(
                List.of(NodeService.of("effects", context -> new Effects(context.service(), watch))), name -> settings);
        var relay = database.connectOptions("sales", "postbus relay sales");
        var readers = database.pool(node.vertx(), Relay.readerOptions(relay), READERS);
        node.vertx()
                .deployVerticle(new Relay("sales", relay, readers, RelayOptions.DEFAULT))
                .await();
    }

    /** Virtual ones, on which Postbus's transactions wait. */
    @Override
    public ExecutorService threads() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }
}
