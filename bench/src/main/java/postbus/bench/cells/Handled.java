package postbus.bench.cells;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import postbus.bench.work.OrderTaken;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.node.Database;

/**
 * A subscription with a schema of its own, and what it has handled. Any number of instances share its work; each has a
 * pool of its own. Thread-safe.
 */
final class Handled implements AutoCloseable {
    /** What a handler does. */
    interface Work {
        /** @param isHandled told the number of each message */
        void wire(Subscriptions on, IntConsumer isHandled);
    }

    /** One insert a message; one that takes effect twice fails on its key. */
    static final Work INSERT = (on, isHandled) -> on.event(OrderTaken.class, (order, tx) -> {
        isHandled.accept(order.number());
        tx.write(
                "insert into handled (message_id, order_id, at) values ($1, $2, now())",
                order.messageId(),
                order.orderId());
    });

    /** One insert for all messages that are there; one that takes effect twice fails on its key. */
    static final Work INSERT_TOGETHER = (on, isHandled) -> on.eventBatch(OrderTaken.class, (orders, tx) -> {
        orders.forEach(order -> isHandled.accept(order.number()));
        tx.write(
                "insert into handled (message_id, order_id, at) select m, o, now() from unnest($1::uuid[], $2::uuid[]) as n (m, o)",
                orders.stream().map(OrderTaken::messageId).toArray(UUID[]::new),
                orders.stream().map(OrderTaken::orderId).toArray(UUID[]::new));
    });

    /** Only the cursor moves. */
    static final Work NOTHING =
            (on, isHandled) -> on.event(OrderTaken.class, (order, tx) -> isHandled.accept(order.number()));

    private static final String TABLE = "/postbus/effects/migrations/V1__effects.sql";

    private final String name;
    private final Database database;
    private final Pool pool;
    private final AtomicLongArray at;
    private final AtomicInteger count = new AtomicInteger();
    private final List<Runnable> ends = new ArrayList<>();

    /**
     * @param name of the subscription and its schema
     * @param capacity one more than the highest number of a message
     */
    Handled(Vertx vertx, String url, String name, int capacity) {
        this.name = name;
        this.at = new AtomicLongArray(capacity);
        database = new Database(url, 1);
        database.migrate(name, false);
        pool = database.pool(vertx, name);
        ends.add(() -> pool.close().await());
        pool.query(text(TABLE)).execute().await();
    }

    private static String text(String resource) {
        try (var file = Objects.requireNonNull(Handled.class.getResourceAsStream(resource), resource)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Deploys an instance.
     *
     * @param on which Vert.x, perhaps another node's than that of the source
     * @param poolSize connections to Postgres, so transactions at a time
     * @param isFromNow whether a new subscription passes over what is there already
     */
    void start(Vertx on, int poolSize, boolean isFromNow, Work work) {
        var instance = new Database(database.url(), poolSize).pool(on, name);
        var deployed = on.deployVerticle(
                        new Instance(new ServiceContext(name, instance), isFromNow, work, this::isHandled))
                .await();
        ends.add(0, () -> {
            on.undeploy(deployed).await();
            instance.close().await();
        });
    }

    /** Waits until a source's relay knows where the subscription is. */
    void awaitRegistered(Source source) {
        Looking.until(
                name + " is registered",
                () -> source.number("select count(*) from sales.subscription where name = '" + name + "'") == 1);
    }

    private void isHandled(int number) {
        if (at.compareAndSet(number, 0, System.nanoTime())) {
            count.incrementAndGet();
        }
    }

    /** Messages that a handler was given, each counted once. */
    int count() {
        return count.get();
    }

    /** When a message was handled first; in nanoTime, 0 for not yet. */
    long at(int number) {
        return at.get(number);
    }

    /**
     * Waits until so many messages took effect, durably, each once, and returns when that was seen; in nanoTime.
     *
     * @param total of {@link #INSERT} since the beginning
     */
    long awaitEffects(int total) {
        Looking.until(name + " handled " + total, () -> count.get() >= total && effects() >= total);
        long end = System.nanoTime();
        if (effects() != total) {
            throw new IllegalStateException(name + ": " + effects() + " effects of " + total + " messages");
        }
        return end;
    }

    private long effects() {
        return number("select count(*) from handled");
    }

    /** Waits until the cursors are where the lanes end, and returns when that was seen; in nanoTime. */
    long awaitCursors(Source source) {
        var heads =
                source.number("select sum(position)::bigint from (select max(position) as position from sales.ledger"
                        + " group by lane) as heads");
        Looking.until(name + " has come to the end", () -> cursors() >= heads);
        return System.nanoTime();
    }

    private long cursors() {
        return pool.preparedQuery("select coalesce(sum(position), 0)::bigint from subscription_cursor"
                        + " where subscription = $1")
                .execute(Tuple.of(name))
                .await()
                .iterator()
                .next()
                .getLong(0);
    }

    private long number(String sql) {
        return pool.query(sql).execute().await().iterator().next().getLong(0);
    }

    /** Ends its instances. */
    @Override
    public void close() {
        ends.forEach(Runnable::run);
    }

    private static final class Instance extends ServiceVerticle {
        private final boolean isFromNow;
        private final Work work;
        private final IntConsumer onHandle;

        Instance(ServiceContext service, boolean isFromNow, Work work, IntConsumer onHandle) {
            super(service);
            this.isFromNow = isFromNow;
            this.work = work;
            this.onHandle = onHandle;
        }

        @Override
        protected void wire(Subscriptions on) {
            work.wire(on, onHandle);
            if (isFromNow) {
                on.startFromNow();
            }
        }
    }
}
