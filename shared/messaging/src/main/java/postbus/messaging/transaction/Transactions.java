package postbus.messaging.transaction;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Observer;
import postbus.messaging.Shards;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.trace.LogContext;
import postbus.messaging.trace.Tracing;

/**
 * Opens transactions on a service's schema. Thread-safe. BEGIN travels with the first statement that is waited for, the
 * outbox insert with COMMIT, so that a transaction costs no round trip more than its own statements and one.
 */
public final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    private static final int TRIES_MAX = 5;

    private final Context context;
    private final String service;
    private final Pool pool;
    private final Outbox outbox;
    private final Clock clock;
    private final Wake wake;
    private final Observer observer;
    private final Shards shards;
    private final Tracing tracing;
    private final Proven proven = new Proven();

    /** @param context on whose event loop statements travel; transactions themselves run on the callers' threads */
    public Transactions(Context context, String service, Pool pool, Outbox outbox, Clock clock, Wake wake) {
        this(context, service, pool, outbox, clock, wake, Observer.NOBODY);
    }

    /** The same, telling an observer what is appended. */
    public Transactions(
            Context context, String service, Pool pool, Outbox outbox, Clock clock, Wake wake, Observer observer) {
        this(context, service, pool, outbox, clock, wake, observer, Shards.NONE);
    }

    /**
     * The same, where services are split.
     *
     * @param service the source, a shard's name where it is one
     */
    public Transactions(
            Context context,
            String service,
            Pool pool,
            Outbox outbox,
            Clock clock,
            Wake wake,
            Observer observer,
            Shards shards) {
        this.context = context;
        this.service = service;
        this.pool = pool;
        this.outbox = outbox;
        this.clock = clock;
        this.wake = wake;
        this.observer = observer;
        this.shards = shards;
        this.tracing = Tracing.of(context.owner(), service);
    }

    /** Whose schema it is. */
    public String service() {
        return service;
    }

    /** Statements outside any transaction, each on its own. For reading. */
    public Sql reading() {
        return (statement, parameters) -> {
            var pipeline = new Pipeline(context, service, pool, proven);
            var answer = pipeline.add(
                    connection -> connection.preparedQuery(statement).execute(parameters));
            pipeline.finish(List.of(answer));
            return answer.await();
        };
    }

    /** {@link #call} for work without a result. */
    public void run(Cause cause, Consumer<Transaction> work) {
        this.<Boolean>call(cause, tx -> {
            work.accept(tx);
            return true;
        });
    }

    /**
     * Runs work in a transaction and commits it; when it returns, all is durable and messages are on their way. When
     * the work throws, nothing happened. When COMMIT itself fails for want of a connection the outcome is unknown, as
     * with any database: the work must be safe to run again.
     *
     * <p>Work that loses against a concurrent change of the same thing ({@link Failures#isConflict}) is run again, in a
     * new transaction, at most {@value #TRIES_MAX} times in all.
     */
    public <T> T call(Cause cause, Function<Transaction, T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return callOnce(cause, work);
            } catch (Exception failure) {
                if (!Failures.isConflict(failure) || tries == TRIES_MAX) {
                    throw failure;
                }
                LOG.debug("transaction.conflict service={} tries={}", service, tries, failure);
            }
        }
    }

    /** The same, without trying again. */
    public <T> T callOnce(Cause cause, Function<Transaction, T> work) {
        var pipeline = new Pipeline(context, service, pool, proven);
        var begun = pipeline.add(connection -> connection.query("begin").execute());
        var spans = tracing.isOn() ? new TransactionSpans(tracing, service) : null;
        var tx = new Transaction(service, pipeline, outbox, clock, cause, spans, shards);
        try {
            return callOnce(pipeline, begun, tx, spans, work);
        } finally {
            if (tx.isHandling()) {
                LogContext.leave();
            }
        }
    }

    private <T> T callOnce(
            Pipeline pipeline,
            Future<?> begun,
            Transaction tx,
            @Nullable TransactionSpans spans,
            Function<Transaction, T> work) {
        var sent = new ArrayList<Future<?>>();
        T result;
        try {
            result = work.apply(tx);
            if (tx.isAborted()) {
                throw new IllegalStateException("a statement failed and its failure was swallowed");
            }
            sent.add(begun);
            sent.addAll(tx.written());
            pipeline.prove(sent);
        } catch (Exception | Error failure) {
            tx.end();
            rollback(pipeline);
            if (spans != null) {
                spans.rolledBack(failure, false);
            }
            throw failure;
        }
        tx.end();
        try {
            commit(pipeline, tx, sent);
        } catch (Exception | Error failure) {
            if (spans != null) {
                spans.rolledBack(failure, true);
            }
            throw failure;
        }
        if (spans != null) {
            spans.committed();
        }
        if (!tx.outgoing().isEmpty()) {
            observer.appended(service, tx.outgoing().size());
        }
        tx.committed();
        return result;
    }

    private void commit(Pipeline pipeline, Transaction tx, List<Future<?>> sent) {
        if (!tx.outgoing().isEmpty()) {
            sent.add(pipeline.add(connection -> outbox.append(connection, tx.outgoing())));
        }
        var committed = pipeline.add(connection -> connection.query("commit").execute());
        sent.add(committed);
        committed.onSuccess(done -> wake(tx, sent));
        // A statement that Postgres refuses makes it answer COMMIT with a rollback: the transaction is committed only
        // if all succeeded
        pipeline.finish(sent);
        Pipeline.requireNoneFailed(sent);
    }

    /** As soon as the answer is there, on the event loop: before the thread that waits for it has its turn. */
    private void wake(Transaction tx, List<Future<?>> sent) {
        if (sent.stream().anyMatch(Future::failed)) {
            return; // it was a rollback
        }
        if (tx.hasScheduled()) {
            wake.scheduled();
        }
        if (!tx.outgoing().isEmpty()) {
            wake.appended();
        }
    }

    private static void rollback(Pipeline pipeline) {
        pipeline.discard();
        if (!pipeline.isOpen()) {
            return;
        }
        var undone = pipeline.add(connection -> connection.query("rollback").execute());
        pipeline.finish(List.of(undone));
        if (undone.failed()) {
            LOG.debug("rollback.failed: the connection is lost, Postgres rolls back by itself", undone.cause());
        }
    }
}
