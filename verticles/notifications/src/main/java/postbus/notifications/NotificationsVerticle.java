package postbus.notifications;

import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postbus.contracts.IntegrationEvents;
import postbus.contracts.notifications.ListWebhooks;
import postbus.contracts.notifications.RegisterWebhook;
import postbus.contracts.notifications.RemoveWebhook;
import postbus.contracts.notifications.Webhook;
import postbus.contracts.notifications.WebhookList;
import postbus.messaging.Envelope;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Ids;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/** Keeps who wants to be told what, and writes each event down for those who do; the worker sends it. */
final class NotificationsVerticle extends ServiceVerticle {
    private final NotificationsSettings settings;
    private @Nullable WebhookWorker worker;

    NotificationsVerticle(ServiceContext service, NotificationsSettings settings) {
        super(service);
        this.settings = settings;
    }

    @Override
    protected void wire(Subscriptions on) {
        var sender = new WebhookSender(vertx, service().clock(), settings);
        worker = new WebhookWorker(vertx, transactions(), settings, sender);
        on.request(RegisterWebhook.class, this::register);
        on.request(RemoveWebhook.class, this::remove);
        on.query(ListWebhooks.class, this::list);
        on.events(IntegrationEvents.TYPES, this::tell);
    }

    @Override
    protected Future<?> started() {
        worker().start();
        new DeadDeliveries(vertx, transactions(), settings.deadKept()).start();
        return Future.succeededFuture();
    }

    @Override
    protected Future<?> stopping() {
        return worker().stop();
    }

    private Webhook register(RegisterWebhook request, Transaction tx) {
        var registration = Registration.of(request, settings.allowLocal());
        var webhookId = Ids.next();
        var secret = WebhookSecret.generate();
        if (!WebhookTable.insert(tx, webhookId, registration, secret, settings.webhooksMax())) {
            throw new Refusal(
                    Problem.CONFLICT, "there are " + settings.webhooksMax() + " webhooks, and may be no more");
        }
        return new Webhook(webhookId, registration.url().toString(), registration.types(), secret.text());
    }

    private Webhook remove(RemoveWebhook request, Transaction tx) {
        var removed = WebhookTable.delete(tx, request.webhookId());
        if (removed == null) {
            throw new Refusal(Problem.NOT_FOUND, "no webhook '" + request.webhookId() + "'", "/webhookId");
        }
        return removed;
    }

    private WebhookList list(ListWebhooks query, Sql sql) {
        return new WebhookList(WebhookTable.all(sql, settings.webhooksMax()));
    }

    private void tell(Envelope event, Transaction tx) {
        if (DeliveryTable.fanOut(tx, event) > 0) {
            tx.afterCommit(worker()::wake);
        }
    }

    private WebhookWorker worker() {
        return Objects.requireNonNull(worker, "wire comes first");
    }
}
