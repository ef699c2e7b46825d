package postbus.messaging.transaction;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.outbox.Outbox;

/**
 * Opens transactions on a service's schema. Thread-safe. BEGIN travels with the first statement, the outbox insert
 * with COMMIT, so that a transaction costs no round trip more than its own statements and one.
 */
public final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    private static final int TRIES_MAX = 5;
    private static final int ACQUIRE_MAX_S = 5;

    private final String service;
    private final Pool pool;
    private final Outbox outbox;
    private final Clock clock;
    private final Wake wake;

    public Transactions(String service, Pool pool, Outbox outbox, Clock clock, Wake wake) {
        this.service = service;
        this.pool = pool;
        this.outbox = outbox;
        this.clock = clock;
        this.wake = wake;
    }

    /** Statements outside any transaction, each on its own. For reading. */
    public Sql reading() {
        return new Sql() {
            @Override
            public RowSet<Row> execute(String statement, Tuple parameters) {
                var connection = acquire();
                try {
                    return connection
                            .preparedQuery(statement)
                            .execute(parameters)
                            .await();
                } finally {
                    connection.close();
                }
            }
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
        var connection = acquire();
        try {
            return callOn(connection, cause, work);
        } finally {
            connection.close();
        }
    }

    /**
     * Waits for a connection, at most {@value #ACQUIRE_MAX_S} s. The limit is kept here and not by the pool: in
     * Vert.x 5.0.10 its timer may race with the connection that comes, and fails a promise that is complete.
     */
    private SqlConnection acquire() {
        var acquired = pool.getConnection();
        try {
            return acquired.await(ACQUIRE_MAX_S, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            acquired.onSuccess(SqlConnection::close);
            throw new PoolExhausted(service, ACQUIRE_MAX_S);
        }
    }

    private <T> T callOn(SqlConnection connection, Cause cause, Function<Transaction, T> work) {
        var tx = new Transaction(service, connection, outbox, clock, cause);
        var begun = connection.query("begin").execute();
        T result;
        try {
            result = work.apply(tx);
            if (tx.isAborted()) {
                throw new IllegalStateException("a statement failed and its failure was swallowed");
            }
        } catch (Exception | Error failure) {
            tx.end();
            rollback(connection);
            throw failure;
        }
        tx.end();
        commit(connection, tx, begun);
        if (tx.hasScheduled()) {
            wake.scheduled();
        }
        if (!tx.outgoing().isEmpty()) {
            wake.appended();
        }
        tx.committed();
        return result;
    }

    private void commit(SqlConnection connection, Transaction tx, Future<?> begun) {
        var sent = new ArrayList<Future<?>>();
        sent.add(begun);
        sent.addAll(tx.written());
        if (!tx.outgoing().isEmpty()) {
            sent.add(outbox.append(connection, tx.outgoing()));
        }
        sent.add(connection.query("commit").execute());
        // A statement that Postgres refuses makes it answer COMMIT with a rollback: the transaction is committed only
        // if
        // all succeeded. The last answer is waited for, since the connection goes back to the pool after this.
        Future.join(sent).otherwiseEmpty().await();
        Transaction.requireNoneFailed(sent);
    }

    private static void rollback(SqlConnection connection) {
        try {
            connection.query("rollback").execute().await();
        } catch (Exception failure) {
            LOG.debug("rollback.failed: the connection is lost, Postgres rolls back by itself", failure);
        }
    }
}
