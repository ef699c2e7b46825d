package postbus.payment;

import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import postbus.contracts.payment.RefundPayment;
import postbus.contracts.payment.TakePayment;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Transaction;

/** Writes down what ordering asks for, and has the worker do it. Commands in, facts out; calls nobody by itself. */
final class PaymentVerticle extends ServiceVerticle {
    /** Who pays when the order does not say. */
    private static final String DEFAULT_TOKEN = "tok_ok";

    private final PaymentSettings settings;
    private final PaymentProvider provider;
    private @Nullable PaymentWorker worker;

    PaymentVerticle(ServiceContext service, PaymentSettings settings, PaymentProvider provider) {
        super(service);
        this.settings = settings;
        this.provider = provider;
    }

    @Override
    protected void wire(Subscriptions on) {
        worker = new PaymentWorker(vertx, transactions(), settings, provider);
        on.command(TakePayment.class, this::take);
        on.command(RefundPayment.class, this::refund);
    }

    @Override
    protected Future<?> started() {
        worker().start();
        return Future.succeededFuture();
    }

    @Override
    protected Future<?> stopping() {
        return worker().stop();
    }

    private void take(TakePayment command, Transaction tx) {
        var token = Objects.requireNonNullElse(command.paymentToken(), DEFAULT_TOKEN);
        if (PaymentTable.insert(tx, Payment.requested(command.orderId(), command.amount(), token))) {
            tx.afterCommit(worker()::wake);
        }
    }

    private void refund(RefundPayment command, Transaction tx) {
        var before = PaymentTable.lock(tx, command.orderId());
        if (before.isEmpty()) {
            PaymentTable.insert(tx, Payment.voided(command.orderId())); // so that nothing is taken when it comes
            return;
        }
        var after = before.get().refundWanted();
        if (after.state() != before.get().state()) {
            PaymentTable.redirect(tx, after);
            tx.afterCommit(worker()::wake);
        }
    }

    private PaymentWorker worker() {
        return Objects.requireNonNull(worker, "wire comes first");
    }
}
