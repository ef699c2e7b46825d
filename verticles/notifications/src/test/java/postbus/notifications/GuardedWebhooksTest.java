package postbus.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import postbus.contracts.notifications.RegisterWebhook;
import postbus.contracts.notifications.Webhook;
import postbus.contracts.payment.PaymentDeclined;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Ids;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** Notifications where strangers may register webhooks: only public addresses, and only so many. */
class GuardedWebhooksTest {
    private static final TestNode node = TestNode.start(
            Map.of("WEBHOOK_ALLOW_LOCAL", "false", "WEBHOOKS_MAX", "2", "WEBHOOK_ATTEMPTS_MAX", "1"),
            NotificationsMain.SERVICE);

    private static final TestReceiver receiver = new TestReceiver(node.vertx());

    @AfterEach
    void removeWebhooks() {
        node.sql("notifications").execute("delete from webhook");
    }

    @AfterAll
    static void close() {
        receiver.close();
        node.close();
    }

    private static void assertRefused(String url, Problem problem) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> node.ask(new RegisterWebhook(url, List.of()), Webhook.class))
                .satisfies(refusal -> assertThat(refusal.problem()).isEqualTo(problem));
    }

    @Test
    void a_webhook_on_this_host_is_refused() {
        assertRefused(receiver.url("/"), Problem.INVALID);
    }

    @Test
    void a_name_that_leads_to_this_host_is_found_out_when_it_is_delivered_to() {
        var webhookId = Ids.next();
        var orderId = Ids.next();
        node.sql("notifications")
                .execute(
                        "insert into webhook (webhook_id, url, types, secret) values ($1, $2, $3, $4)",
                        webhookId,
                        "http://localhost:" + receiver.port() + "/",
                        new String[0],
                        WebhookSecret.generate().text());
        node.as("payment").run(Cause.none(), tx -> tx.publish(new PaymentDeclined(orderId, "card-declined")));
        assertThat(awaitError(webhookId)).contains("the host is in a private network");
        assertThat(receiver.posted("/")).isEmpty();
    }

    @Test
    void there_are_only_so_many_webhooks() {
        node.ask(new RegisterWebhook("https://example.org/1", List.of()), Webhook.class);
        node.ask(new RegisterWebhook("https://example.org/2", List.of()), Webhook.class);
        assertRefused("https://example.org/3", Problem.CONFLICT);
    }

    private static String awaitError(UUID webhookId) {
        return Await.value(
                "an error",
                Duration.ofSeconds(10),
                () -> node.sql("notifications")
                        .find(
                                "select last_error from delivery where webhook_id = $1 and last_error is not null",
                                row -> row.getString("last_error"),
                                webhookId));
    }
}
