package postbus.bench.jmh;

import io.vertx.core.eventbus.Message;
import io.vertx.sqlclient.Tuple;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import postbus.bench.work.OrderTaken;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Batch;

/** One batch at a subscription, from the event bus to its answer: cursor, an insert a message, commit on disk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ApplyJmh {
    private static final String SUBSCRIPTION = "effects";
    private static final String HANDLE = "insert into handled (message_id, order_id, at) values ($1, $2, now())";
    private static final String CURSOR = """
            insert into subscription_cursor (subscription, source, lane, position) values ($1, $2, 0, 0)
            """;

    /** Messages in the batch. */
    @Param({"1", "10", "100"})
    int messages;

    private @Nullable Postgres postgres;
    private @Nullable Batch batch;
    private long cursor;

    /** To be called by JMH. */
    public ApplyJmh() {}

    /** Starts a server and the subscription. */
    @Setup
    public void start() {
        var started = new Postgres();
        var pool = started.pool(SUBSCRIPTION);
        pool.preparedQuery(CURSOR)
                .execute(Tuple.of(SUBSCRIPTION, Batches.SOURCE))
                .await();
        started.vertx()
                .deployVerticle(new Effects(new ServiceContext(SUBSCRIPTION, pool)))
                .await();
        postgres = started;
        cursor = 0;
    }

    /** The next batch of the lane. */
    @Setup(Level.Invocation)
    public void next() {
        batch = Batches.next(SUBSCRIPTION, cursor, messages);
        cursor += messages;
    }

    /** A batch, which must move the cursor to its end. */
    @Benchmark
    public Ack apply() {
        Message<Ack> answer = Objects.requireNonNull(postgres)
                .vertx()
                .eventBus()
                .<Ack>request(Addresses.deliver(SUBSCRIPTION), batch)
                .await();
        if (answer.body().cursor() != cursor) {
            throw new IllegalStateException(answer.body() + ", expected was cursor " + cursor);
        }
        return answer.body();
    }

    /** Ends the server. */
    @TearDown
    public void end() {
        Objects.requireNonNull(postgres).close();
    }

    private static final class Effects extends ServiceVerticle {
        Effects(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.event(OrderTaken.class, (order, tx) -> tx.write(HANDLE, order.messageId(), order.orderId()));
        }
    }
}
