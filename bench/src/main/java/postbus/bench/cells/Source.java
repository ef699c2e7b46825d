package postbus.bench.cells;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import postbus.bench.work.OrderTaken;
import postbus.bench.work.PlainSql;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Transactions;
import postbus.node.Database;

/** Who sells: a fresh database with orders and their messages, and the relay. Closing ends its pools, not the Vert.x. */
final class Source implements AutoCloseable {
    private static final String NAME = "sales";

    /** What services would have written, one message a transaction's worth of columns; in the order of the numbers. */
    private static final String BACKLOG = """
            insert into sales.outbox (message_id, type, key, time, correlation_id, data)
            select message_id, 'sales.order-taken.v1', order_id::text, now(), message_id,
                   convert_to(format('{"number":%s,"messageId":"%s","orderId":"%s","customer":%s,"amount":%s,'
                                     '"created":"2026-01-01T00:00:00Z","note":"%s"}',
                                     number, message_id, order_id, number % 1000, number % 997, repeat('n', 110)), 'UTF8')
              from (select number, gen_random_uuid() as message_id, gen_random_uuid() as order_id
                      from generate_series($1::integer, $2::integer) as number
                    offset 0) as fresh
             order by number
            """;

    private static final int BACKLOG_A_TRANSACTION = 50_000;
    private static final int READERS = 4;

    private final Vertx vertx;
    private final Database database;
    private final Pool pool;
    private final Transactions transactions;
    private final List<Pool> pools = new ArrayList<>();
    private final List<String> relays = new ArrayList<>();

    /** @param vertx that knows the wire, as a node's does */
    Source(Vertx vertx, String url, int producers) {
        this.vertx = vertx;
        database = new Database(url, producers);
        database.migrate(NAME, true);
        pool = owned(database.pool(vertx, NAME));
        transactions = new Transactions(
                vertx.getOrCreateContext(),
                NAME,
                pool,
                new Outbox(ServiceContext.MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new EventBusWake(vertx.getOrCreateContext(), NAME));
    }

    private Pool owned(Pool made) {
        pools.add(made);
        return made;
    }

    /** Commits an order and its message; {@code committed} runs when that is durable. Blocks. */
    void take(OrderTaken order, Runnable committed) {
        transactions.run(Cause.none(), tx -> {
            tx.write(PlainSql.ORDER, PlainSql.row(order));
            tx.publish(order);
            tx.afterCommit(committed);
        });
    }

    /** Writes messages with these numbers to the outbox, without orders, and wakes the relay. */
    void writeBacklog(int from, int count) {
        for (int first = from; first < from + count; first += BACKLOG_A_TRANSACTION) {
            int last = Math.min(first + BACKLOG_A_TRANSACTION, from + count) - 1;
            pool.preparedQuery(BACKLOG).execute(Tuple.of(first, last)).await();
        }
        new EventBusWake(vertx.getOrCreateContext(), NAME).appended();
    }

    /** From here on messages are cut and delivered. */
    void startRelay(RelayOptions options) {
        var relay = database.connectOptions(NAME, "postbus relay " + NAME);
        var readers = owned(database.pool(vertx, Relay.readerOptions(relay), READERS));
        relays.add(
                vertx.deployVerticle(new Relay(NAME, relay, readers, options)).await());
    }

    /** Waits until so many messages have a position. */
    void awaitCut(long count) {
        Looking.until("all is cut", () -> number("select position from sales.ledger_head") >= count);
    }

    /** After much was written by other means than time would have it. */
    void analyze() {
        pool.query("vacuum (analyze) sales.outbox, sales.ledger").execute().await();
    }

    String url() {
        return database.url();
    }

    long number(String sql) {
        return pool.query(sql).execute().await().iterator().next().getLong(0);
    }

    @Override
    public void close() {
        relays.forEach(relay -> vertx.undeploy(relay).await());
        pools.forEach(owned -> owned.close().await());
    }
}
