package postbus.bench.work;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import postbus.bench.subject.Conversation;
import postbus.bench.subject.Order;
import postbus.bench.subject.Producers;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Transactions;
import postbus.node.Database;

/**
 * What the server can do: the same business transactions without any message, with the effect in a transaction of its
 * own after each, and with the effects of 100 in one. They travel to the server as those of Postbus do.
 */
public final class PlainSql {
    public static final String ORDER = """
            insert into sales.orders (id, customer, amount, created) values ($1, $2, $3, $4)
            """;

    private static final int EFFECTS_A_TRANSACTION = 100;

    private final Transactions transactions;
    private final Producers producers;

    private PlainSql(Transactions transactions, Producers producers) {
        this.transactions = transactions;
        this.producers = producers;
    }

    /** What can be told to do: {@code plain MS N}, each kind for so long after N to warm up. Figures are orders a second. */
    static Conversation.Partner open(String databaseUrl, int producers) {
        var database = new Database(databaseUrl, producers);
        database.migrate("sales", true);
        database.migrate("effects", true);
        var vertx = Vertx.vertx();
        var context = vertx.getOrCreateContext();
        var transactions = new Transactions(
                context,
                "sales",
                database.pool(vertx, "sales"),
                new Outbox(ServiceContext.MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new EventBusWake(context, "sales"));
        var plain = new PlainSql(transactions, new Producers(producers, Executors::newVirtualThreadPerTaskExecutor));
        return new Conversation.Partner(
                "Vert.x",
                Map.of("connections", String.valueOf(producers)),
                Map.of("plain", arguments -> plain.measure(Duration.ofMillis(arguments.get(0)), arguments.get(1))));
    }

    private Map<String, Double> measure(Duration time, int warmUp) throws InterruptedException, ExecutionException {
        var waiting = new AtomicInteger();
        var kinds = new LinkedHashMap<String, Producers.Task>();
        kinds.put("order", () -> order(Order.of(1)));
        kinds.put("effectEach", () -> {
            var order = Order.of(1);
            order(order);
            effects(List.of(order));
        });
        kinds.put("effects100", () -> {
            order(Order.of(1));
            if (waiting.incrementAndGet() % EFFECTS_A_TRANSACTION == 0) {
                var orders = new ArrayList<Order>();
                for (int i = 0; i < EFFECTS_A_TRANSACTION; i++) {
                    orders.add(Order.of(i));
                }
                effects(orders);
            }
        });
        for (var kind : kinds.values()) {
            producers.each(0, warmUp / kinds.size(), number -> kind.run());
        }
        var figures = new LinkedHashMap<String, Double>();
        for (var kind : kinds.entrySet()) {
            figures.put(kind.getKey(), producers.rate(time, kind.getValue()));
        }
        return figures;
    }

    public static Tuple row(OrderTaken order) {
        return row(order.order());
    }

    static Tuple row(Order order) {
        return Tuple.of(
                order.orderId(),
                order.customer(),
                order.amount(),
                order.created().atOffset(ZoneOffset.UTC));
    }

    private void order(Order order) {
        transactions.run(Cause.none(), tx -> tx.write(ORDER, row(order)));
    }

    private void effects(List<Order> orders) {
        transactions.run(
                Cause.none(),
                tx -> orders.forEach(order -> tx.write(Effects.HANDLE, Tuple.of(order.messageId(), order.orderId()))));
    }
}
