package postbus.notifications;

import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.notifications.Webhook;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code webhook}. Leases are measured by the clock of the database. */
final class WebhookTable {
    /** Two that come at once may both find the last place free: the limit guards against floods, not against one more. */
    private static final String INSERT = """
            insert into webhook (webhook_id, url, types, secret)
            select $1, $2, $3, $4
             where (select count(*) from webhook) < $5
            """;

    private static final String DELETE = """
            delete from webhook where webhook_id = $1 returning webhook_id, url, types
            """;

    private static final String ALL = """
            select webhook_id, url, types from webhook order by webhook_id limit $1
            """;

    /**
     * The lock is the weaker one that a handler's new delivery does not get in the way of. The rows are locked in a part
     * of their own, so that the limit holds whatever the plan of the update.
     */
    static final String TAKE = """
              with due as materialized (
                select webhook_id
                  from webhook
                 where (claimed_until is null or claimed_until <= now())
                   and exists (select from delivery
                                where delivery.webhook_id = webhook.webhook_id and due_at <= now())
                 order by served_at, webhook_id
                 limit $1
                   for no key update skip locked)
            update webhook
               set claimed_until = now() + $2::bigint * interval '1 millisecond'
              from due
             where webhook.webhook_id = due.webhook_id
            returning webhook.webhook_id, url, secret
            """;

    private static final String RENEW = """
            update webhook
               set claimed_until = now() + $2::bigint * interval '1 millisecond'
             where webhook_id = any ($1) and claimed_until is not null
            """;

    private static final String RELEASE = """
            update webhook set claimed_until = null, served_at = now() where webhook_id = $1
            """;

    private WebhookTable() {}

    /** Registers a webhook; false when there are as many as there may be. */
    static boolean insert(Sql sql, UUID webhookId, Registration registration, WebhookSecret secret, int webhooksMax) {
        var inserted = sql.update(
                INSERT,
                webhookId,
                registration.url().toString(),
                registration.types().toArray(String[]::new),
                secret.text(),
                webhooksMax);
        return inserted == 1;
    }

    /** Removes a webhook and its deliveries; null when there is none with this id. */
    static @Nullable Webhook delete(Sql sql, UUID webhookId) {
        return sql.find(DELETE, WebhookTable::webhook, webhookId).orElse(null);
    }

    /** All of them, by id, without their secrets. */
    static List<Webhook> all(Sql sql, int max) {
        return sql.list(ALL, WebhookTable::webhook, max);
    }

    /** Leases webhooks for which something is due and to which nobody delivers, the longest not served first. */
    static List<Receiver> take(Sql sql, int max, Duration lease) {
        return sql.list(
                TAKE,
                row -> new Receiver(
                        row.getUUID("webhook_id"), row.getString("url"), WebhookSecret.of(row.getString("secret"))),
                max,
                lease.toMillis());
    }

    static void renew(Sql sql, List<UUID> webhookIds, Duration lease) {
        sql.execute(RENEW, webhookIds.toArray(UUID[]::new), lease.toMillis());
    }

    static void release(Sql sql, UUID webhookId) {
        sql.execute(RELEASE, webhookId);
    }

    private static Webhook webhook(Row row) {
        return new Webhook(
                row.getUUID("webhook_id"), row.getString("url"), List.of(row.getArrayOfStrings("types")), null);
    }
}
