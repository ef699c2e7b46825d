package postbus.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.contracts.notifications.ListWebhooks;
import postbus.contracts.notifications.RegisterWebhook;
import postbus.contracts.notifications.RemoveWebhook;
import postbus.contracts.notifications.Webhook;
import postbus.contracts.notifications.WebhookList;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentTaken;
import postbus.messaging.Envelope;
import postbus.messaging.Event;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Ids;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** Notifications at its door: events in, HTTP requests out. */
class WebhooksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TAKEN = "payment.payment-taken.v1";
    private static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static final TestNode node = TestNode.start(
            Map.of(
                    "WEBHOOK_ATTEMPTS_MAX", "3",
                    "WEBHOOK_TIMEOUT", "PT1S",
                    "WEBHOOK_BACKOFF", "PT0.02S",
                    "WEBHOOK_BACKOFF_MAX", "PT0.04S",
                    "WEBHOOK_POLL", "PT0.02S"),
            NotificationsMain.SERVICE);

    private static final TestReceiver receiver = new TestReceiver(node.vertx());

    private final UUID orderId = Ids.next();
    /** Of this test alone. */
    private final String path = "/" + orderId;

    private final List<UUID> registered = new ArrayList<>();

    @AfterEach
    void removeWebhooks() {
        registered.forEach(id -> node.sql("notifications").execute("delete from webhook where webhook_id = $1", id));
    }

    @AfterAll
    static void close() {
        receiver.close();
        node.close();
    }

    private Webhook register(String onPath, String... types) {
        var webhook = node.ask(new RegisterWebhook(receiver.url(onPath), List.of(types)), Webhook.class);
        registered.add(webhook.webhookId());
        return webhook;
    }

    private PaymentTaken taken() {
        return new PaymentTaken(orderId, new Money(100, "EUR"));
    }

    private static void publish(Event... events) {
        node.as("payment").run(Cause.none(), tx -> List.of(events).forEach(tx::publish));
    }

    private Envelope published() {
        return node.messages("payment").stream()
                .filter(message -> message.key().equals(orderId.toString()))
                .findFirst()
                .orElseThrow();
    }

    private static long deliveries(Webhook webhook) {
        return node.sql("notifications")
                .find(
                        "select count(*) as count from delivery where webhook_id = $1",
                        row -> row.getLong("count"),
                        webhook.webhookId())
                .orElseThrow();
    }

    private static void awaitDelivered(Webhook webhook) {
        node.settled();
        Await.until("all delivered", PATIENCE, () -> deliveries(webhook) == 0);
    }

    private record Dead(int attempts, String error) {}

    private static Dead awaitDead(Webhook webhook) {
        return Await.value(
                "dead delivery",
                PATIENCE,
                () -> node.sql("notifications")
                        .find(
                                "select attempts, last_error from delivery where webhook_id = $1 and state = 'dead'",
                                row -> new Dead(row.getInteger("attempts"), row.getString("last_error")),
                                webhook.webhookId()));
    }

    private static boolean isRegistered(Webhook webhook) {
        return node.ask(new ListWebhooks(), WebhookList.class).webhooks().stream()
                .anyMatch(one -> one.webhookId().equals(webhook.webhookId()));
    }

    @Test
    void an_event_comes_as_a_cloud_event() {
        register(path);
        node.as("payment").run(new Cause(orderId, new UUID(7, 8), TRACEPARENT), tx -> tx.publish(taken()));

        var posted = receiver.awaitPosted(path, 1).get(0);

        var event = published();
        assertThat(posted.headers().get("content-type")).isEqualTo("application/cloudevents+json");
        assertThat(posted.json())
                .isEqualTo(new JsonObject()
                        .put("specversion", "1.0")
                        .put("id", event.id().toString())
                        .put("source", "payment")
                        .put("type", TAKEN)
                        .put("subject", orderId.toString())
                        .put("time", event.time().toString())
                        .put("datacontenttype", "application/json")
                        .put("correlationid", orderId.toString())
                        .put("causationid", new UUID(7, 8).toString())
                        .put("traceparent", TRACEPARENT)
                        .put("data", event.data().toJsonObject()));
    }

    @Test
    void an_event_that_nothing_caused_has_no_causation() {
        register(path);
        publish(taken());
        assertThat(receiver.awaitPosted(path, 1).get(0).json().fieldNames())
                .contains("correlationid", "data")
                .doesNotContain("causationid", "traceparent");
    }

    @Test
    void a_delivery_is_signed_with_the_secret_told_at_registration() throws GeneralSecurityException {
        var webhook = register(path);
        publish(taken());

        var posted = receiver.awaitPosted(path, 1).get(0);

        var id = posted.headers().get("webhook-id");
        var timestamp = posted.headers().get("webhook-timestamp");
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(webhook.secret().substring(6)), "HmacSHA256"));
        var signed = mac.doFinal((id + "." + timestamp + "." + posted.body()).getBytes(StandardCharsets.UTF_8));
        assertThat(posted.headers().get("webhook-signature"))
                .isEqualTo("v1," + Base64.getEncoder().encodeToString(signed));
        assertThat(id).isEqualTo(published().id().toString());
        assertThat(Instant.ofEpochSecond(Long.parseLong(timestamp)))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
    }

    @Test
    void a_webhook_gets_only_the_types_it_wants() {
        var webhook = register(path, TAKEN);
        var all = register(path + "/all");
        publish(new PaymentDeclined(orderId, "card-declined"), taken());
        awaitDelivered(webhook);
        awaitDelivered(all);
        assertThat(receiver.posted(path))
                .extracting(posted -> posted.json().getString("type"))
                .containsExactly(TAKEN);
        assertThat(receiver.posted(path + "/all")).hasSize(2);
    }

    @Test
    void events_come_in_their_order() {
        register(path);
        var reasons = IntStream.range(0, 30).mapToObj(i -> "reason-" + i).toList();
        reasons.forEach(reason -> publish(new PaymentDeclined(orderId, reason)));
        assertThat(receiver.awaitPosted(path, 30))
                .extracting(posted -> posted.json().getJsonObject("data").getString("reason"))
                .containsExactlyElementsOf(reasons);
    }

    @Test
    void a_receiver_that_fails_gets_the_same_event_again() {
        var calls = new AtomicInteger();
        receiver.answer(
                path,
                request -> request.response()
                        .setStatusCode(calls.incrementAndGet() < 3 ? 500 : 200)
                        .end("body"));
        var webhook = register(path);
        publish(taken());
        awaitDelivered(webhook);
        assertThat(receiver.posted(path))
                .hasSize(3)
                .extracting(posted -> posted.headers().get("webhook-id"))
                .containsOnly(published().id().toString());
    }

    @Test
    void a_delivery_is_dead_after_the_last_attempt_and_keeps_its_error() {
        receiver.answer(path, request -> request.response().setStatusCode(503).end());
        var webhook = register(path);
        publish(taken());
        assertThat(awaitDead(webhook)).isEqualTo(new Dead(3, "status 503"));
        assertThat(receiver.posted(path)).hasSize(3);
    }

    @Test
    void an_event_that_is_not_accepted_holds_back_none_behind_it() {
        var good = Ids.next();
        receiver.answer(path, request -> request.response().setStatusCode(500).end());
        var webhook = register(path);
        publish(taken());
        receiver.awaitPosted(path, 1);
        receiver.answer(path, request -> {
            var isBad =
                    receiver.posted(path).getLast().json().getString("subject").equals(orderId.toString());
            request.response().setStatusCode(isBad ? 500 : 200).end();
        });
        publish(new PaymentTaken(good, new Money(1, "EUR")));
        awaitDead(webhook);
        Await.until("the good one delivered", PATIENCE, () -> deliveries(webhook) == 1);
        assertThat(receiver.posted(path))
                .extracting(posted -> posted.json().getString("subject"))
                .contains(good.toString());
    }

    @Test
    void a_receiver_that_does_not_answer_delays_no_other() {
        receiver.answer(path, request -> {});
        var silent = register(path);
        var quick = register(path + "/quick");
        IntStream.range(0, 5).forEach(i -> publish(new PaymentDeclined(orderId, "reason-" + i)));
        awaitDelivered(quick);
        assertThat(receiver.posted(path).size()).isLessThan(5);
        assertThat(awaitDead(silent)).isEqualTo(new Dead(3, "no answer within PT1S"));
    }

    @Test
    void an_answer_that_never_ends_is_hung_up_on() {
        var isClosed = new AtomicInteger();
        receiver.answer(path, request -> {
            request.connection().closeHandler(closed -> isClosed.incrementAndGet());
            request.response().setChunked(true).write("and so on");
        });
        var webhook = register(path);
        publish(taken());
        awaitDelivered(webhook);
        Await.until("the connection is closed", PATIENCE, () -> isClosed.get() > 0);
    }

    @Test
    void a_receiver_that_is_not_there_makes_a_dead_delivery() {
        var webhook = node.ask(new RegisterWebhook("http://127.0.0.1:1/", List.of()), Webhook.class);
        registered.add(webhook.webhookId());
        publish(taken());
        assertThat(awaitDead(webhook).error()).contains("Connection refused");
    }

    @Test
    void a_redirect_is_not_followed() {
        receiver.answer(
                path,
                request -> request.response()
                        .setStatusCode(307)
                        .putHeader("location", receiver.url(path + "/elsewhere"))
                        .end());
        var webhook = register(path);
        publish(taken());
        assertThat(awaitDead(webhook).error()).isEqualTo("status 307");
        assertThat(receiver.posted(path + "/elsewhere")).isEmpty();
    }

    @Test
    void a_receiver_that_is_gone_is_removed_with_all_that_waits_for_it() {
        receiver.answer(path, request -> request.response().setStatusCode(410).end());
        var webhook = register(path);
        publish(taken(), new PaymentDeclined(orderId, "card-declined"));
        Await.until("removed", PATIENCE, () -> !isRegistered(webhook));
        awaitDelivered(webhook);
        assertThat(receiver.posted(path)).hasSize(1);
    }

    @Test
    void a_removed_webhook_gets_nothing() {
        var removed = register(path);
        var other = register(path + "/other");
        assertThat(node.ask(new RemoveWebhook(removed.webhookId()), Webhook.class)
                        .url())
                .isEqualTo(removed.url());
        publish(taken());
        awaitDelivered(other);
        assertThat(receiver.posted(path + "/other")).hasSize(1);
        assertThat(receiver.posted(path)).isEmpty();
        assertThat(isRegistered(removed)).isFalse();
    }

    @Test
    void an_unknown_webhook_cannot_be_removed() {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> node.ask(new RemoveWebhook(orderId), Webhook.class))
                .satisfies(refusal -> assertThat(refusal.problem()).isEqualTo(Problem.NOT_FOUND));
    }

    @Test
    void a_wrong_url_is_refused_with_its_field() {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> node.ask(new RegisterWebhook("nowhere", List.of()), Webhook.class))
                .satisfies(refusal -> {
                    assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
                    assertThat(refusal.field()).isEqualTo("/url");
                });
    }

    @Test
    void a_secret_is_told_once() {
        var webhook = register(path, TAKEN);
        assertThat(webhook.secret()).startsWith("whsec_");
        assertThat(node.ask(new ListWebhooks(), WebhookList.class).webhooks())
                .contains(new Webhook(webhook.webhookId(), webhook.url(), List.of(TAKEN), null));
    }

    @Test
    void a_registration_that_comes_again_makes_no_second_webhook() {
        var request = new RegisterWebhook(receiver.url(path), List.of());
        var first = node.ask(request, Webhook.class, "key-" + orderId);
        registered.add(first.webhookId());
        assertThat(node.ask(request, Webhook.class, "key-" + orderId)).isEqualTo(first);
        assertThat(node.ask(new ListWebhooks(), WebhookList.class).webhooks())
                .filteredOn(webhook -> webhook.url().equals(first.url()))
                .hasSize(1);
    }

    @Test
    void a_webhook_that_a_dead_instance_had_in_hand_is_taken_over_when_its_lease_runs_out() {
        var webhook = register(path);
        var leased = node.sql("notifications")
                .find("""
                        update webhook set claimed_until = clock_timestamp() + interval '500 milliseconds'
                         where webhook_id = $1
                        returning claimed_until
                        """, row -> row.getOffsetDateTime("claimed_until").toInstant(), webhook.webhookId())
                .orElseThrow();
        publish(taken());
        receiver.awaitPosted(path, 1);
        assertThat(Instant.now()).isAfterOrEqualTo(leased);
    }

    @Test
    void dead_deliveries_are_deleted_when_they_are_old() {
        receiver.answer(path, request -> request.response().setStatusCode(500).end());
        var webhook = register(path);
        publish(taken());
        awaitDead(webhook);
        new DeadDeliveries(node.vertx(), node.as("notifications"), Duration.ofHours(1)).sweep();
        assertThat(deliveries(webhook)).isEqualTo(1);
        node.sql("notifications")
                .execute(
                        "update delivery set died_at = now() - interval '2 hours' where webhook_id = $1",
                        webhook.webhookId());
        new DeadDeliveries(node.vertx(), node.as("notifications"), Duration.ofHours(1)).sweep();
        assertThat(deliveries(webhook)).isZero();
    }
}
