package postbus.bench.jmh;

import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
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
import postbus.messaging.ledger.Ledger;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.transaction.Wake;

/** One cut of a few messages, with its commit on disk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CutJmh {
    private static final int CUT_MAX = 50_000;

    /** Messages that are there to be cut. */
    @Param({"1", "10", "100"})
    int messages;

    private @Nullable Postgres postgres;
    private @Nullable Transactions sales;
    private @Nullable SqlConnection connection;
    private @Nullable Ledger ledger;

    /** To be called by JMH. */
    public CutJmh() {}

    /** Starts a server and makes the schema. */
    @Setup
    public void start() {
        var started = new Postgres();
        var pool = started.pool(Batches.SOURCE);
        postgres = started;
        connection = pool.getConnection().await();
        ledger = new Ledger(Batches.SOURCE, CUT_MAX);
        sales = new Transactions(
                started.vertx().getOrCreateContext(),
                Batches.SOURCE,
                pool,
                new Outbox(ServiceContext.MESSAGE_BYTES_MAX),
                Clock.systemUTC(),
                new Wake() {
                    @Override
                    public void appended() {}

                    @Override
                    public void scheduled() {}
                });
    }

    /** Commits what is to be cut. */
    @Setup(Level.Invocation)
    public void publish() {
        Objects.requireNonNull(sales).run(Cause.none(), tx -> {
            for (int i = 0; i < messages; i++) {
                tx.publish(OrderTaken.of(i));
            }
        });
    }

    /** A cut, which must find all of them. */
    @Benchmark
    public Ledger.Cut cut() {
        var cut = Objects.requireNonNull(ledger)
                .cut(Objects.requireNonNull(connection))
                .await();
        if (cut.count() != messages) {
            throw new IllegalStateException(cut.count() + " of " + messages + " messages were cut");
        }
        return cut;
    }

    /** Ends the server. */
    @TearDown
    public void end() {
        Objects.requireNonNull(postgres).close();
    }
}
