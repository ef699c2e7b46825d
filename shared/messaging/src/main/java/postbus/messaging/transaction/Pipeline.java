package postbus.messaging.transaction;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one transaction. They are collected, and travel back to back, in their order, once an answer is
 * waited for: a transaction that waits for nothing before its COMMIT is one round trip, and one change of threads to
 * the event loop and back. The connection is taken from the pool with the first of them and given back after the last.
 *
 * <p>For one thread that may block; statements are sent, and answers come, on the event loop of the context.
 */
final class Pipeline {
    static final Duration ACQUIRE_MAX = Duration.ofSeconds(5);

    private final Context context;
    private final String service;
    private final Pool pool;
    private final Proven proven;
    private final Set<Proven.Shape> unproven = new HashSet<>();
    private List<Statement<?>> collected = new ArrayList<>();
    private boolean isOpen;
    /** Null until something was sent. Event loop. */
    private @Nullable Future<SqlConnection> connection;

    Pipeline(Context context, String service, Pool pool, Proven proven) {
        this.context = context;
        this.service = service;
        this.pool = pool;
        this.proven = proven;
    }

    private static class Statement<T> {
        private final Function<SqlConnection, Future<T>> execution;
        private final Promise<T> answer = Promise.promise();

        Statement(Function<SqlConnection, Future<T>> execution) {
            this.execution = execution;
        }

        void send(SqlConnection connection) {
            try {
                execution.apply(connection).onComplete(answer);
            } catch (RuntimeException unsendable) { // whoever waits for the answer must not wait for ever
                answer.fail(unsendable);
            }
        }
    }

    /** One statement, with as many sets of parameters as were given in a row. */
    private static final class Write extends Statement<RowSet<Row>> {
        private final String statement;
        private final List<Tuple> parameters;

        Write(String statement, List<Tuple> parameters) {
            super(connection -> {
                var prepared = connection.preparedQuery(statement);
                return parameters.size() == 1 ? prepared.execute(parameters.get(0)) : prepared.executeBatch(parameters);
            });
            this.statement = statement;
            this.parameters = parameters;
        }
    }

    /** Whether anything was sent. */
    boolean isOpen() {
        return isOpen;
    }

    /** Collects a statement; its answer comes only after another one is waited for. */
    <T> Future<T> add(Function<SqlConnection, Future<T>> execution) {
        return add(new Statement<>(execution));
    }

    /** Collects a statement of whose answer only the failure matters; the same one again with others travels as one. */
    Future<?> write(String statement, Tuple parameters) {
        note(statement, parameters);
        if (!collected.isEmpty()
                && collected.get(collected.size() - 1) instanceof Write last
                && last.statement.equals(statement)) {
            last.parameters.add(parameters);
            return ((Statement<?>) last).answer.future();
        }
        return add(new Write(statement, new ArrayList<>(List.of(parameters))));
    }

    /** Collects a statement for all of these. */
    Future<RowSet<Row>> writeAll(String statement, List<Tuple> parameters) {
        parameters.forEach(each -> note(statement, each));
        return add(new Write(statement, new ArrayList<>(parameters)));
    }

    private void note(String statement, Tuple parameters) {
        var shape = Proven.Shape.of(statement, parameters);
        if (!proven.contains(shape)) {
            unproven.add(shape);
        }
    }

    private <T> Future<T> add(Statement<T> statement) {
        collected.add(statement);
        return statement.answer.future();
    }

    /** Sends what is collected and this, and waits for its answer. */
    <T> T await(Function<SqlConnection, Future<T>> execution) {
        var answer = add(execution);
        send(false);
        return answer.await();
    }

    /** Waits for these if one of the writes may be refused before Postgres hears of it; throws what failed. */
    void prove(List<Future<?>> answers) {
        if (!unproven.isEmpty()) {
            send(false);
            Future.join(answers).otherwiseEmpty().await();
        }
        requireNoneFailed(answers);
        proven.add(unproven);
    }

    /** Throws the failure of the first of these that failed. */
    static void requireNoneFailed(List<Future<?>> sent) {
        for (var statement : sent) {
            if (statement.failed()) {
                statement.await();
            }
        }
    }

    /** Sends what is collected, waits for all of these, and gives the connection back. */
    void finish(List<Future<?>> answers) {
        send(true);
        Future.join(answers).otherwiseEmpty().await();
    }

    /** Forgets what was not sent. */
    void discard() {
        collected = new ArrayList<>();
    }

    private void send(boolean isLast) {
        isOpen = true;
        var statements = collected;
        collected = new ArrayList<>();
        context.runOnContext(go -> {
            if (connection == null) {
                connection = acquire().onSuccess(Flushes::gather);
            }
            connection
                    .onSuccess(acquired -> send(statements, acquired, isLast))
                    .onFailure(failure -> statements.forEach(statement -> statement.answer.fail(failure)));
        });
    }

    private static void send(List<Statement<?>> statements, SqlConnection connection, boolean isLast) {
        statements.forEach(statement -> statement.send(connection));
        if (isLast) {
            statements.get(statements.size() - 1).answer.future().onComplete(done -> connection.close());
        }
    }

    /**
     * Takes a connection, or fails after {@link #ACQUIRE_MAX}. The limit is kept here and not by the pool: in
     * Vert.x 5.0.10 its timer may race with the connection that comes, and fails a promise that is complete.
     */
    private Future<SqlConnection> acquire() {
        var acquired = pool.getConnection();
        if (acquired.isComplete()) {
            return acquired;
        }
        Promise<SqlConnection> inTime = Promise.promise();
        var timer = context.owner()
                .setTimer(ACQUIRE_MAX.toMillis(), late -> inTime.tryFail(new PoolExhausted(service, ACQUIRE_MAX)));
        acquired.onComplete(done -> {
            context.owner().cancelTimer(timer);
            if (done.failed()) {
                inTime.tryFail(done.cause());
            } else if (!inTime.tryComplete(done.result())) {
                done.result().close(); // nobody waits any longer
            }
        });
        return inTime.future();
    }
}
