package postbus.messaging.outbox;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/** Writes {@code outbox}. */
final class OutboxTable {
    /** One statement for any number of messages; the identity column follows the order of the arrays. */
    private static final String APPEND = """
            insert into outbox
                   (message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data)
            select message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data
              from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::uuid[],
                          $8::text[], $9::bytea[])
                   with ordinality
                   as m (message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data, nth)
             order by nth
            """;

    /** The same for one message, which is most of the time: planned and run at a fraction of the cost. */
    private static final String APPEND_ONE = """
            insert into outbox
                   (message_id, type, key, recipient, time, correlation_id, causation_id, traceparent, data)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """;

    private OutboxTable() {}

    static Future<Void> append(SqlConnection connection, List<Envelope> messages) {
        return messages.size() == 1 ? appendOne(connection, messages.get(0)) : appendAll(connection, messages);
    }

    private static Future<Void> appendOne(SqlConnection connection, Envelope message) {
        var row = Tuple.tuple()
                .addUUID(message.id())
                .addString(message.type())
                .addString(message.key())
                .addString(message.recipient())
                .addOffsetDateTime(message.time().atOffset(ZoneOffset.UTC))
                .addUUID(message.correlationId())
                .addUUID(message.causationId())
                .addString(message.traceparent())
                .addBuffer(message.data());
        return connection.preparedQuery(APPEND_ONE).execute(row).mapEmpty();
    }

    private static Future<Void> appendAll(SqlConnection connection, List<Envelope> messages) {
        var count = messages.size();
        var ids = new UUID[count];
        var types = new String[count];
        var keys = new String[count];
        var recipients = new @Nullable String[count];
        var times = new OffsetDateTime[count];
        var correlations = new UUID[count];
        var causations = new @Nullable UUID[count];
        var traces = new @Nullable String[count];
        var bodies = new Buffer[count];
        for (int i = 0; i < count; i++) {
            var message = messages.get(i);
            ids[i] = message.id();
            types[i] = message.type();
            keys[i] = message.key();
            recipients[i] = message.recipient();
            times[i] = message.time().atOffset(ZoneOffset.UTC);
            correlations[i] = message.correlationId();
            causations[i] = message.causationId();
            traces[i] = message.traceparent();
            bodies[i] = message.data();
        }
        var row = Tuple.tuple()
                .addArrayOfUUID(ids)
                .addArrayOfString(types)
                .addArrayOfString(keys)
                .addArrayOfString(recipients)
                .addArrayOfOffsetDateTime(times)
                .addArrayOfUUID(correlations)
                .addArrayOfUUID(causations)
                .addArrayOfString(traces)
                .addArrayOfBuffer(bodies);
        return connection.preparedQuery(APPEND).execute(row).mapEmpty();
    }
}
