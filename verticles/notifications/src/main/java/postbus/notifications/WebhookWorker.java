package postbus.notifications;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;
import postbus.node.work.LeasedQueue;
import postbus.node.work.LeasedWorker;

/**
 * Sends due deliveries. What it leases is not a delivery but a webhook, to which it then sends one event after another:
 * so a receiver gets one at a time, in the order in which they came, and a slow one takes up one place, however much
 * waits for it.
 *
 * <p>A turn ends when nothing is due, when an event is not accepted, or after {@value #TURN_MAX}; then the webhook that
 * has waited longest comes next. So one that does not answer costs the others a timeout a turn, and only when as many
 * as {@code WEBHOOK_CONCURRENCY} are like that.
 */
final class WebhookWorker {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookWorker.class);

    private static final int TURN_MAX = 100;

    private final Transactions transactions;
    private final NotificationsSettings settings;
    private final WebhookSender sender;
    private final LeasedWorker<Receiver> worker;

    WebhookWorker(Vertx vertx, Transactions transactions, NotificationsSettings settings, WebhookSender sender) {
        this.transactions = transactions;
        this.settings = settings;
        this.sender = sender;
        this.worker = new LeasedWorker<>(vertx, settings.worker(), new DueWebhooks(), this::serve);
    }

    void start() {
        worker.start();
    }

    /** A delivery may be due. A hint, from any thread. */
    void wake() {
        worker.wake();
    }

    Future<Void> stop() {
        return worker.stop();
    }

    private final class DueWebhooks implements LeasedQueue<Receiver> {
        @Override
        public List<Receiver> take(int max, Duration lease) {
            return transactions.call(Cause.none(), tx -> WebhookTable.take(tx, max, lease));
        }

        @Override
        public void renew(List<Receiver> receivers, Duration lease) {
            var ids = receivers.stream().map(Receiver::webhookId).toList();
            run(tx -> WebhookTable.renew(tx, ids, lease));
        }
    }

    /** One turn of one webhook. */
    private void serve(Receiver receiver) {
        var goesOn = true;
        for (int sent = 0; goesOn && sent < TURN_MAX && !worker.isStopping(); sent++) {
            var next = transactions.call(Cause.none(), tx -> DeliveryTable.begin(tx, receiver.webhookId()));
            if (next.isEmpty()) {
                run(tx -> WebhookTable.release(tx, receiver.webhookId()));
                return;
            }
            goesOn = deliver(receiver, next.get());
        }
        run(tx -> WebhookTable.release(tx, receiver.webhookId()));
        wake(); // for what else is due
    }

    /** Sends, and writes down what came of it; whether the receiver should get the next at once. */
    private boolean deliver(Receiver receiver, Delivery delivery) {
        return switch (sender.send(receiver, delivery)) {
            case Answer.Accepted accepted -> {
                run(tx -> DeliveryTable.delete(tx, delivery.deliveryId()));
                yield true;
            }
            case Answer.Gone gone -> {
                run(tx -> WebhookTable.delete(tx, receiver.webhookId()));
                LOG.info("webhook.gone webhook={}, removed as its receiver asked for", receiver.webhookId());
                yield false;
            }
            case Answer.Failed failed -> {
                fail(receiver, delivery, failed.why());
                yield false;
            }
        };
    }

    private void fail(Receiver receiver, Delivery delivery, String why) {
        if (delivery.attempt() < settings.attemptsMax()) {
            var wait = settings.backoff().after(delivery.attempt());
            run(tx -> DeliveryTable.putOff(tx, delivery.deliveryId(), wait, why));
            LOG.debug(
                    "delivery.failed webhook={} message={} attempt={}, tried again in {}: {}",
                    receiver.webhookId(),
                    delivery.event().id(),
                    delivery.attempt(),
                    wait,
                    why);
        } else {
            run(tx -> DeliveryTable.bury(tx, delivery.deliveryId(), why));
            LOG.warn(
                    "delivery.dead webhook={} message={} attempts={}: {}",
                    receiver.webhookId(),
                    delivery.event().id(),
                    delivery.attempt(),
                    why);
        }
    }

    private void run(Consumer<Transaction> work) {
        transactions.run(Cause.none(), work);
    }
}
