package postbus.messaging.outbox;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import postbus.messaging.Envelope;

/** Writes {@code scheduled}. */
final class ScheduledTable {
    private static final String INSERT = """
            insert into scheduled
                   (message_id, due_at, type, key, recipient, correlation_id, causation_id, traceparent, data)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """;

    private static final String DELETE = """
            delete from scheduled where message_id = $1
            """;

    private ScheduledTable() {}

    static Future<Void> insert(SqlConnection connection, Envelope command, Instant dueAt) {
        var row = Tuple.tuple()
                .addUUID(command.id())
                .addOffsetDateTime(dueAt.atOffset(ZoneOffset.UTC))
                .addString(command.type())
                .addString(command.key())
                .addString(command.recipient())
                .addUUID(command.correlationId())
                .addUUID(command.causationId())
                .addString(command.traceparent())
                .addBuffer(command.data());
        return connection.preparedQuery(INSERT).execute(row).mapEmpty();
    }

    static Future<Boolean> delete(SqlConnection connection, UUID messageId) {
        return connection.preparedQuery(DELETE).execute(Tuple.of(messageId)).map(done -> done.rowCount() > 0);
    }
}
