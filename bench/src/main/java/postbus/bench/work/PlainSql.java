package postbus.bench.work;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import postbus.node.Database;

/**
 * What the server can do: the same business transactions without any message, with the effect in a transaction of its
 * own after each, and with the effects of 100 in one. By the same client, pipelined alike.
 */
public final class PlainSql {
    public static final String ORDER = """
            insert into sales.orders (id, customer, amount, created) values ($1, $2, $3, $4)
            """;

    private static final int EFFECTS_A_TRANSACTION = 100;

    private PlainSql() {}

    public static Tuple row(OrderTaken order) {
        return Tuple.of(
                order.orderId(),
                order.customer(),
                order.amount(),
                order.created().atOffset(ZoneOffset.UTC));
    }

    /** Figures in transactions, or orders, a second. */
    static Map<String, Double> measure(String url, WorkOptions options) {
        var vertx = Vertx.vertx();
        try {
            var database = new Database(url, options.producers());
            database.migrate("sales", true);
            database.migrate("effects", true);
            var pool = database.pool(vertx, "sales");
            var producers = new Producers(options.producers());
            var time = Duration.ofSeconds(options.seconds()).dividedBy(3).plusMillis(1);
            var figures = new LinkedHashMap<String, Double>();
            figures.put("orders/s", producers.rate(time, () -> order(pool, OrderTaken.of(1))));
            figures.put("orders/s, an effect each", producers.rate(time, () -> {
                var order = OrderTaken.of(1);
                order(pool, order);
                effects(pool, java.util.List.of(order));
            }));
            var waiting = new AtomicInteger();
            figures.put("orders/s, effects 100 a transaction", producers.rate(time, () -> {
                order(pool, OrderTaken.of(1));
                if (waiting.incrementAndGet() % EFFECTS_A_TRANSACTION == 0) {
                    var orders = new ArrayList<OrderTaken>();
                    for (int i = 0; i < EFFECTS_A_TRANSACTION; i++) {
                        orders.add(OrderTaken.of(i));
                    }
                    effects(pool, orders);
                }
            }));
            return figures;
        } finally {
            vertx.close().await();
        }
    }

    private static void order(Pool pool, OrderTaken order) {
        var connection = pool.getConnection().await();
        try {
            var begun = connection.query("begin").execute();
            var inserted = connection.preparedQuery(ORDER).execute(row(order));
            var committed = connection.query("commit").execute();
            Future.all(begun, inserted, committed).await();
        } finally {
            connection.close();
        }
    }

    private static void effects(Pool pool, java.util.List<OrderTaken> orders) {
        var connection = pool.getConnection().await();
        try {
            var sent = new ArrayList<Future<?>>();
            sent.add(connection.query("begin").execute());
            for (var order : orders) {
                sent.add(
                        connection.preparedQuery(Effects.HANDLE).execute(Tuple.of(order.messageId(), order.orderId())));
            }
            sent.add(connection.query("commit").execute());
            Future.all(sent).await();
        } finally {
            connection.close();
        }
    }
}
