package postbus.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.messaging.transaction.Sql;
import postbus.testkit.TestNode;

class DeliveryTableTest {
    private static final TestNode node = TestNode.start(NotificationsMain.SERVICE);
    private static final Sql sql = node.sql("notifications");

    @BeforeAll
    static void fill() {
        sql.execute("""
                insert into webhook (webhook_id, url, types, secret, claimed_until)
                select gen_random_uuid(), 'http://127.0.0.1:1/', '{}', 'whsec_AAAA', now() + interval '1 hour'
                  from generate_series(1, 100)
                """);
        sql.execute("""
                insert into delivery (webhook_id, message_id, source, type, key, time, correlation_id, data)
                select webhook_id, gen_random_uuid(), 'payment', 'payment.payment-taken.v1', 'key', now(),
                       gen_random_uuid(), '{}'
                  from webhook, generate_series(1, 200)
                """);
        sql.execute("analyze webhook");
        sql.execute("analyze delivery");
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static String plan(String statement, Object... parameters) {
        return String.join("\n", sql.list("explain " + statement, row -> row.getString(0), parameters));
    }

    @Test
    void the_next_delivery_of_a_webhook_is_found_by_index() {
        assertThat(plan(DeliveryTable.BEGIN, new UUID(0, 1)))
                .contains("delivery_due")
                .doesNotContain("Sort", "Seq Scan");
    }

    @Test
    void webhooks_with_something_due_are_found_without_reading_all_deliveries() {
        assertThat(plan(WebhookTable.TAKE, 8, 1_000L)).contains("delivery_due").doesNotContain("Seq Scan on delivery");
    }
}
