package postbus.notifications;

import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import postbus.messaging.Envelope;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code delivery}. Waits are measured by the clock of the database. */
final class DeliveryTable {
    /** Locks the webhooks so that one that is being removed is waited for, and then left out. */
    private static final String FAN_OUT = """
            insert into delivery (webhook_id, message_id, source, type, key, time,
                                  correlation_id, causation_id, traceparent, data)
            select webhook_id, $1, $2, $3, $4, $5, $6, $7, $8, $9
              from webhook
             where types = '{}' or $3 = any (types)
             order by webhook_id
               for key share
            """;

    /** Counts the attempt before it is made, so that one that kills the process is counted too. */
    static final String BEGIN = """
            update delivery
               set attempts = attempts + 1
             where delivery_id = (select delivery_id
                                    from delivery
                                   where webhook_id = $1 and due_at <= now()
                                   order by due_at, delivery_id
                                   limit 1)
            returning delivery_id, attempts, message_id, source, type, key, time,
                      correlation_id, causation_id, traceparent, data
            """;

    private static final String DELETE = """
            delete from delivery where delivery_id = $1
            """;

    private static final String PUT_OFF = """
            update delivery
               set due_at = now() + $2::bigint * interval '1 millisecond', last_error = $3
             where delivery_id = $1
            """;

    private static final String BURY = """
            update delivery
               set state = 'dead', due_at = null, died_at = now(), last_error = $2
             where delivery_id = $1
            """;

    private static final String DELETE_DEAD = """
            delete from delivery
             where delivery_id in (select delivery_id
                                     from delivery
                                    where died_at < now() - $1::bigint * interval '1 millisecond'
                                    order by died_at, delivery_id
                                    limit $2)
            """;

    private DeliveryTable() {}

    /** Writes an event down for every webhook that wants it. Returns how many do. */
    static int fanOut(Sql sql, Envelope event) {
        return sql.update(
                FAN_OUT,
                event.id(),
                event.source(),
                event.type(),
                event.key(),
                event.time().atOffset(ZoneOffset.UTC),
                event.correlationId(),
                event.causationId(),
                event.traceparent(),
                event.data());
    }

    /** Begins an attempt with what has been due longest for this webhook; empty when nothing is. */
    static Optional<Delivery> begin(Sql sql, UUID webhookId) {
        return sql.find(BEGIN, DeliveryTable::delivery, webhookId);
    }

    /** The receiver has it. */
    static void delete(Sql sql, long deliveryId) {
        sql.execute(DELETE, deliveryId);
    }

    /** To be sent again after a wait. */
    static void putOff(Sql sql, long deliveryId, Duration wait, String error) {
        sql.execute(PUT_OFF, deliveryId, wait.toMillis(), error);
    }

    /** Not to be sent any more. */
    static void bury(Sql sql, long deliveryId, String error) {
        sql.execute(BURY, deliveryId, error);
    }

    /** Deletes dead ones older than this, the oldest first. Returns how many. */
    static int deleteDead(Sql sql, Duration kept, int max) {
        return sql.update(DELETE_DEAD, kept.toMillis(), max);
    }

    private static Delivery delivery(Row row) {
        var event = new Envelope(
                row.getUUID("message_id"),
                row.getString("source"),
                row.getString("type"),
                row.getString("key"),
                row.getOffsetDateTime("time").toInstant(),
                null,
                row.getUUID("correlation_id"),
                row.getUUID("causation_id"),
                row.getString("traceparent"),
                row.getBuffer("data"));
        return new Delivery(row.getLong("delivery_id"), row.getInteger("attempts"), event);
    }
}
