package postbus.payment;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.trace.LogContext;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transactions;
import postbus.node.work.LeasedQueue;
import postbus.node.work.LeasedWorker;
import postbus.payment.PaymentProvider.Outcome;

/**
 * Calls the provider for payments that are due, and records what it said: the call outside any transaction, the new
 * state and the event that tells it in one. Between the two the process may die; the lease then runs out and another
 * instance makes the same call under the same key, which the provider answers the same way.
 *
 * <p>Up to {@code PAYMENT_CONCURRENCY} calls are under way at a time; within that, a slow one delays no other. A call
 * that fails is made again after a wait that grows.
 */
final class PaymentWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PaymentWorker.class);

    private static final int FAILURE_LENGTH_MAX = 500;

    private final Transactions transactions;
    private final PaymentSettings settings;
    private final PaymentProvider provider;
    private final LeasedWorker<PaymentTable.Due> worker;

    PaymentWorker(Vertx vertx, Transactions transactions, PaymentSettings settings, PaymentProvider provider) {
        this.transactions = transactions;
        this.settings = settings;
        this.provider = provider;
        this.worker = new LeasedWorker<>(vertx, settings.worker(), new DuePayments(), this::settle);
    }

    void start() {
        worker.start();
    }

    /** A payment may be due. A hint, from any thread. */
    void wake() {
        worker.wake();
    }

    Future<Void> stop() {
        return worker.stop();
    }

    private final class DuePayments implements LeasedQueue<PaymentTable.Due> {
        @Override
        public List<PaymentTable.Due> take(int max, Duration lease) {
            return transactions.call(Cause.none(), tx -> PaymentTable.take(tx, max, lease));
        }

        @Override
        public void renew(List<PaymentTable.Due> payments, Duration lease) {
            var orderIds = payments.stream().map(due -> due.payment().orderId()).toList();
            transactions.run(Cause.none(), tx -> PaymentTable.renew(tx, orderIds, lease));
        }
    }

    private void settle(PaymentTable.Due due) {
        LogContext.enter(due.cause().correlationId(), due.cause().traceparent());
        try {
            record(due, call(due.payment()));
        } catch (
                Exception
                        failure) { // whatever a provider's client throws, checked or not, or its answer makes us throw
            recordFailure(due, failure);
        } finally {
            LogContext.leave();
        }
    }

    private Outcome call(Payment payment) {
        var amount = payment.amount();
        var token = payment.token();
        if (amount == null || token == null) {
            throw new IllegalStateException("order " + payment.orderId() + " has nothing to pay");
        }
        return switch (payment.nextCall()) {
            case CHARGE -> provider.charge(payment.idempotencyKey(), amount, token);
            case REFUND -> provider.refund(payment.idempotencyKey());
            case NONE -> throw new IllegalStateException("order " + payment.orderId() + " waits for nothing");
        };
    }

    /** Decides on the state of now, which need not be that of before the call. */
    private void record(PaymentTable.Due due, Outcome outcome) {
        transactions.run(due.cause(), tx -> {
            var before = PaymentTable.lock(tx, due.payment().orderId()).orElseThrow();
            var step = before.answered(outcome);
            PaymentTable.record(tx, step.payment(), Duration.ZERO, null);
            if (step.event() != null) {
                tx.publish(step.event());
            }
            if (step.payment().nextCall() != Payment.Call.NONE) {
                tx.afterCommit(this::wake);
            }
        });
    }

    private void recordFailure(PaymentTable.Due due, Exception failure) {
        transactions.run(due.cause(), tx -> {
            var before = PaymentTable.lock(tx, due.payment().orderId()).orElseThrow();
            var after = before.failed(settings.attemptsMax());
            var isAbandoned = after.state() != before.state();
            var wait = isAbandoned ? Duration.ZERO : settings.backoff().after(Math.max(1, before.attempts()));
            PaymentTable.record(tx, after, wait, text(failure));
            tx.afterCommit(() -> {
                logFailure(before, wait, failure);
                wake();
            });
        });
    }

    private void logFailure(Payment payment, Duration wait, Exception failure) {
        if (payment.nextCall() == Payment.Call.REFUND && payment.attempts() >= settings.attemptsMax()) {
            LOG.error(
                    "refund.stuck order={} attempts={}, tried again in {}",
                    payment.orderId(),
                    payment.attempts(),
                    wait,
                    failure);
        } else {
            LOG.warn(
                    "payment.failed order={} state={} attempts={}, goes on in {}: {}",
                    payment.orderId(),
                    payment.state(),
                    payment.attempts(),
                    wait,
                    failure.toString());
        }
    }

    private static String text(Exception failure) {
        var text = failure.toString();
        return text.length() <= FAILURE_LENGTH_MAX ? text : text.substring(0, FAILURE_LENGTH_MAX);
    }
}
