package postbus.messaging.outbox;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import postbus.messaging.Envelope;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/**
 * The outbox of one service. Statements run on the caller's connection in the caller's transaction; their futures
 * complete when Postgres answered, and a failed one means that the transaction cannot commit.
 */
public final class Outbox {
    private final int messageBytesMax;

    /** @param messageBytesMax largest body of a message, 1 B to 64 MiB */
    public Outbox(int messageBytesMax) {
        if (messageBytesMax < 1 || messageBytesMax > 64 << 20) {
            throw new IllegalArgumentException("messageBytesMax must be 1 to 67108864, is " + messageBytesMax);
        }
        this.messageBytesMax = messageBytesMax;
    }

    /** Refuses a message whose body is over the limit, before anything is sent to Postgres. */
    public void checkSize(Envelope message) {
        var bytes = message.data().length();
        if (bytes > messageBytesMax) {
            throw new Refusal(
                    Problem.TOO_LARGE,
                    "message too large: " + message.type() + " has " + bytes + " bytes, limit " + messageBytesMax);
        }
    }

    /**
     * Writes the messages in the order given. It must be the transaction's last statement before COMMIT: a message
     * written before its transaction waited for a row lock would get a place ahead of the transaction it waited for.
     */
    public Future<Void> append(SqlConnection connection, List<Envelope> messages) {
        return OutboxTable.append(connection, messages);
    }

    /** Keeps a command until it is due; it is appended then, once, by the relay. */
    public Future<Void> schedule(SqlConnection connection, Envelope command, Instant dueAt) {
        return ScheduledTable.insert(connection, command, dueAt);
    }

    /** Withdraws a scheduled command; false when it is not there: unknown, withdrawn before, or already appended. */
    public Future<Boolean> cancel(SqlConnection connection, UUID messageId) {
        return ScheduledTable.delete(connection, messageId);
    }
}
