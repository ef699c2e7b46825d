package postbus.bench.work;

import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
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

/** Producers, relay and subscriber of a fresh database, in this process. */
final class Postbus implements AutoCloseable {
    private static final int[] RATES = {100, 1_000};
    /** Of with and of without a message. */
    private static final int RATIO_TURNS = 4;

    private static final Duration HANDLED_WITHIN = Duration.ofMinutes(5);

    private final WorkOptions options;
    private final Server server;
    private final Producers producers;
    private final Node node = Node.alone();
    private final Settings settings;
    private final Database database;
    private final Pool pool;
    private final Transactions sales;
    private final AtomicLongArray committedAt;
    private final AtomicLongArray handledAt;
    private int numbers;

    Postbus(String url, WorkOptions options, Server server) {
        this.options = options;
        this.server = server;
        this.producers = new Producers(options.producers());
        int total = 2 * options.messages();
        for (int rate : RATES) {
            total += rate * options.seconds();
        }
        committedAt = new AtomicLongArray(total);
        handledAt = new AtomicLongArray(total);
        database = new Database(url, options.producers());
        settings = Settings.of(Map.of("DATABASE_URL", url, "HTTP_PORT", "0"));
        node.deploy(List.of(NodeService.of("sales", context -> new VerticleBase() {})), name -> settings);
        pool = database.pool(node.vertx(), "sales");
        sales = new Transactions(
                "sales",
                pool,
                new Outbox(ServiceContext.MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new EventBusWake(node.vertx().getOrCreateContext(), "sales"));
    }

    /** All figures; when one is there, the messages behind it were seen to take effect once. */
    Map<String, Double> measure() throws InterruptedException, ExecutionException {
        var figures = new LinkedHashMap<String, Double>();
        publishRatio(figures);
        deliver();
        throughput(figures);
        for (int rate : RATES) {
            latency(rate, figures);
        }
        return figures;
    }

    /** With nobody to deliver to, in short turns of with and without a message. */
    private void publishRatio(Map<String, Double> figures) {
        var turn = Duration.ofSeconds(options.seconds()).dividedBy(2 * RATIO_TURNS);
        double without = 0;
        double with = 0;
        for (int i = 0; i < RATIO_TURNS; i++) {
            without += producers.rate(turn, () -> take(OrderTaken.of(-1), false));
            with += producers.rate(turn, () -> take(OrderTaken.of(-1), true));
        }
        figures.put("publish ratio", with / without);
    }

    /** From here on messages are delivered. A subscription from now does not get those of before. */
    private void deliver() {
        empty("sales.outbox");
        node.deploy(
                List.of(NodeService.of("effects", context -> new Effects(context.service(), this::isHandled))),
                name -> settings);
        var relay = database.connectOptions("sales", "postbus relay sales");
        var readers = database.pool(node.vertx(), Relay.readerOptions(relay), 4);
        node.vertx()
                .deployVerticle(new Relay("sales", relay, readers, RelayOptions.DEFAULT))
                .await();
    }

    private void throughput(Map<String, Double> figures) {
        int warmUp = numbers;
        producers.each(warmUp, options.messages(), number -> take(OrderTaken.of(number), true));
        numbers += options.messages();
        awaitHandled();
        int first = numbers;
        server.checkpoint();
        var before = server.usage();
        var cpuBefore = cpu();
        producers.each(first, options.messages(), number -> take(OrderTaken.of(number), true));
        numbers += options.messages();
        long end = awaitHandled();
        var after = server.usage();
        long begin = Long.MAX_VALUE;
        for (int number = first; number < numbers; number++) {
            begin = Math.min(begin, committedAt.get(number));
        }
        double count = options.messages();
        figures.put("messages/s", count * 1e9 / (end - begin));
        figures.put("WAL bytes/message", (after.walBytes() - before.walBytes()) / count);
        figures.put("Postgres CPU ms/message", after.cpu().minus(before.cpu()).toNanos() / 1e6 / count);
        figures.put("JVM CPU ms/message", cpu().minus(cpuBefore).toNanos() / 1e6 / count);
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    private void latency(int rate, Map<String, Double> figures) throws InterruptedException, ExecutionException {
        int first = numbers;
        int count = rate * options.seconds();
        producers.atRate(rate, first, count, number -> take(OrderTaken.of(number), true));
        numbers += count;
        awaitHandled();
        var micros = new Histogram(3);
        for (int number = first; number < numbers; number++) {
            micros.recordValue(Math.max(0, handledAt.get(number) - committedAt.get(number)) / 1_000);
        }
        var at = " ms at " + rate + "/s";
        figures.put("p50" + at, micros.getValueAtPercentile(50) / 1e3);
        figures.put("p99" + at, micros.getValueAtPercentile(99) / 1e3);
        figures.put("max" + at, micros.getMaxValue() / 1e3);
    }

    private void take(OrderTaken order, boolean isTold) {
        sales.run(Cause.none(), tx -> {
            tx.write(PlainSql.ORDER, PlainSql.row(order));
            if (isTold) {
                tx.publish(order);
            }
            if (order.number() >= 0) {
                tx.afterCommit(() -> committedAt.set(order.number(), System.nanoTime()));
            }
        });
    }

    private void isHandled(int number) {
        handledAt.compareAndSet(number, 0, System.nanoTime());
    }

    /** Waits until all messages so far took effect, durably, and returns when that was seen; in nanoTime. */
    private long awaitHandled() {
        long begin = System.nanoTime();
        while (!areHandled() || count("effects.handled") < numbers) {
            if (System.nanoTime() - begin > HANDLED_WITHIN.toNanos()) {
                throw new IllegalStateException(
                        count("effects.handled") + " of " + numbers + " messages were handled in " + HANDLED_WITHIN);
            }
            pause();
        }
        long end = System.nanoTime();
        if (count("effects.handled") != numbers) {
            throw new IllegalStateException(count("effects.handled") + " effects of " + numbers + " messages");
        }
        return end;
    }

    /** Whether a handler was given each message so far: before that, the database need not be asked. */
    private boolean areHandled() {
        for (int number = numbers - 1; number >= 0; number--) {
            if (handledAt.get(number) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Between two looks: nothing tells when an effect is durable. */
    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long count(String table) {
        return pool.query("select count(*) from " + table)
                .execute()
                .await()
                .iterator()
                .next()
                .getLong(0);
    }

    private void empty(String table) {
        pool.query("truncate " + table).execute().await();
    }

    @Override
    public void close() {
        node.close();
    }
}
