package postbus.messaging.outbox;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/** Writes {@code scheduled}, and moves from it to {@code outbox}. */
final class ScheduledTable {
    private static final String INSERT = """
            insert into scheduled
                   (message_id, due_at, type, key, recipient, correlation_id, causation_id, traceparent, data)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """;

    private static final String DELETE = """
            delete from scheduled where message_id = $1
            """;

    static final String RELEASE_DUE = """
            with due as (
                delete from scheduled
                 where message_id in (select message_id from scheduled
                                       where due_at <= now()
                                       order by due_at, message_id
                                       limit $1
                                       for update skip locked)
                returning message_id, due_at, type, key, recipient, correlation_id, causation_id, traceparent, data
            )
            insert into outbox
                   (message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data)
            select message_id, type, key, recipient, now(), correlation_id, causation_id, traceparent, data
              from due
             order by due_at, message_id
            """;

    static final String MILLIS_UNTIL_DUE = """
            select greatest(0, ceil(extract(epoch from min(due_at) - clock_timestamp()) * 1000))::bigint as millis
              from scheduled
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

    static Future<Integer> releaseDue(SqlConnection connection, int countMax) {
        return connection
                .preparedQuery(RELEASE_DUE)
                .execute(Tuple.of((long) countMax))
                .map(rows -> rows.rowCount());
    }

    static Future<@Nullable Long> millisUntilDue(SqlConnection connection) {
        return connection
                .preparedQuery(MILLIS_UNTIL_DUE)
                .execute()
                .map(rows -> rows.iterator().next().getLong("millis"));
    }
}
