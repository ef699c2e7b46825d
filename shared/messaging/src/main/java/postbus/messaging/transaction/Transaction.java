package postbus.messaging.transaction;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Command;
import postbus.messaging.Envelope;
import postbus.messaging.Event;
import postbus.messaging.Message;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Shards;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.trace.LogContext;

/**
 * A running transaction: state and messages commit together or not at all. Messages given to {@link #publish} and
 * {@link #send} are written in that order by one insert just before COMMIT.
 *
 * <p>For one thread. It is over when the handler it was given to returns; keeping it longer fails.
 */
public final class Transaction implements Sql {
    private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);

    private final String service;
    private final Pipeline pipeline;
    private final Outbox outbox;
    private final Clock clock;
    private final @Nullable TransactionSpans spans;
    private final Shards shards;
    private final List<Envelope> outgoing = new ArrayList<>();
    private final List<Future<?>> written = new ArrayList<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private Cause cause;
    private boolean hasScheduled;
    private boolean isHandling;
    private boolean isAborted;
    private boolean isOver;

    /** @param spans null when nothing is traced */
    Transaction(
            String service,
            Pipeline pipeline,
            Outbox outbox,
            Clock clock,
            Cause cause,
            @Nullable TransactionSpans spans,
            Shards shards) {
        this.service = service;
        this.pipeline = pipeline;
        this.outbox = outbox;
        this.clock = clock;
        this.cause = cause;
        this.spans = spans;
        this.shards = shards;
    }

    @Override
    public RowSet<Row> execute(String statement, Tuple parameters) {
        requireRunning();
        return await(connection -> connection.preparedQuery(statement).execute(parameters));
    }

    /** Runs a statement once for each of these parameters, in order, in one round trip. The answers, in that order. */
    public List<RowSet<Row>> executeAll(String statement, List<Tuple> parameters) {
        requireRunning();
        return answers(await(connection -> connection.preparedQuery(statement).executeBatch(parameters)));
    }

    private static List<RowSet<Row>> answers(RowSet<Row> first) {
        var answers = new ArrayList<RowSet<Row>>();
        for (var next = first; next != null; next = next.next()) {
            answers.add(next);
        }
        return answers;
    }

    /**
     * A statement whose answer is not waited for: a write of which nothing is to be known but that it succeeded. It
     * travels with the next statement that is waited for or with COMMIT, in order; one that Postgres refuses fails the
     * transaction there.
     */
    public void write(String statement, Tuple parameters) {
        requireRunning();
        written.add(pipeline.write(statement, parameters));
    }

    /** The same with these parameters, in the order of {@code $1}, {@code $2}, …. */
    public void write(String statement, @Nullable Object... parameters) {
        write(statement, Tuple.from(parameters));
    }

    /**
     * {@link #write} for each of these parameters, in order. The answers, in that order, come with those of what it travels
     * with, on an event loop, and say nothing about whether the transaction commits.
     */
    public Future<List<RowSet<Row>>> writeAll(String statement, List<Tuple> parameters) {
        requireRunning();
        var answer = pipeline.writeAll(statement, parameters);
        written.add(answer);
        return answer.map(Transaction::answers);
    }

    /** Says to whoever listens that this happened. The event's type must be one of this service. */
    public void publish(Event event) {
        var type = MessageType.of(event.getClass());
        if (!type.service().equals(Shards.serviceOf(service))) {
            throw new IllegalArgumentException(service + " cannot publish " + type + ": it is not its source");
        }
        add(envelope("publish", event, type, null));
    }

    /** Sends a command to the service its type names, to the shard of its key. Returns the message's id. */
    public UUID send(Command command) {
        var type = MessageType.of(command.getClass());
        var message = envelope("send", command, type, shards.of(type.service(), command.key()));
        add(message);
        return message.id();
    }

    /**
     * Sends a command at that time or soon after, once, however long the system was down in between; in the past means
     * as soon as possible. Returns the id for {@link #cancel}. Scheduled commands keep no order among each other.
     */
    public UUID sendAt(Instant dueAt, Command command) {
        requireRunning();
        var type = MessageType.of(command.getClass());
        var message = envelope("schedule", command, type, shards.of(type.service(), command.key()));
        outbox.checkSize(message);
        await(connection -> outbox.schedule(connection, message, dueAt));
        hasScheduled = true;
        return message.id();
    }

    /** Withdraws what {@link #sendAt} gave this id. False when it is too late, or was never there. */
    public boolean cancel(UUID scheduledId) {
        requireRunning();
        return await(connection -> outbox.cancel(connection, scheduledId));
    }

    /** Runs after COMMIT succeeded, on this thread, and never when it did not. For hints: a crash can swallow it,
     * and what it throws is only logged. */
    public void afterCommit(Runnable hint) {
        afterCommit.add(hint);
    }

    /** What this transaction happens for. */
    public Cause cause() {
        return cause;
    }

    /** The clock's time now, in microseconds as Postgres keeps it. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** From now on, what is sent is caused by this message. */
    public void handling(Envelope message) {
        isHandling = true;
        var caused = Cause.of(message);
        cause = spans == null ? caused : caused.tracedBy(spans.processing(message));
        LogContext.enter(cause.correlationId(), cause.traceparent());
    }

    /** The same for messages that are handled together; what is sent is caused by the last of them. */
    public void handling(List<Envelope> together) {
        if (spans != null) {
            together.subList(0, together.size() - 1).forEach(spans::processing);
        }
        handling(together.get(together.size() - 1));
    }

    boolean isHandling() {
        return isHandling;
    }

    List<Future<?>> written() {
        return written;
    }

    List<Envelope> outgoing() {
        return outgoing;
    }

    boolean hasScheduled() {
        return hasScheduled;
    }

    boolean isAborted() {
        return isAborted;
    }

    void end() {
        isOver = true;
    }

    void committed() {
        for (var hint : afterCommit) {
            try {
                hint.run();
            } catch (RuntimeException failure) {
                LOG.error("hint.failed service={}, the transaction is committed", service, failure);
            }
        }
    }

    private void add(Envelope message) {
        requireRunning();
        outbox.checkSize(message);
        outgoing.add(message);
    }

    private Envelope envelope(String operation, Message message, MessageType type, @Nullable String recipient) {
        requireKey(message.key(), type);
        var envelope = new Envelope(
                Ids.next(),
                service,
                type.toString(),
                message.key(),
                now(),
                recipient,
                cause.correlationId(),
                cause.causationId(),
                cause.traceparent(),
                MessageJson.write(message));
        return spans == null ? envelope : envelope.tracedBy(spans.publishing(operation, envelope));
    }

    private static void requireKey(String key, MessageType type) {
        if (key.isBlank() || key.length() > Envelope.KEY_LENGTH_MAX) {
            throw new IllegalArgumentException("key of " + type + " must have 1 to " + Envelope.KEY_LENGTH_MAX
                    + " characters, has " + key.length());
        }
    }

    private <T> T await(Function<SqlConnection, Future<T>> statement) {
        try {
            return pipeline.await(statement);
        } catch (Exception failure) {
            isAborted = true; // Postgres refuses all that follows, and would answer a COMMIT with a quiet rollback
            Pipeline.requireNoneFailed(written); // what was refused first is why all after it is
            throw failure;
        }
    }

    private void requireRunning() {
        if (isOver) {
            throw new IllegalStateException("the transaction is over");
        }
    }
}
