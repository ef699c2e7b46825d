package postbus.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentRefunded;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.payment.RefundPayment;
import postbus.contracts.payment.TakePayment;
import postbus.messaging.Command;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Ids;
import postbus.node.NodeService;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** What a provider that fails, or answers when it likes, does to payments. */
class UnreliableProviderTest {
    private static final Money AMOUNT = new Money(500, "EUR");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Unreliable provider = new Unreliable();

    /** So few calls at a time that a test can hold the worker, and a lease shorter than it is held. */
    private static final TestNode node = TestNode.start(
            Map.of(
                    "PAYMENT_CONCURRENCY", "2",
                    "PAYMENT_LEASE", "PT0.2S",
                    "PAYMENT_POLL", "PT0.02S",
                    "PAYMENT_BACKOFF", "PT0.02S",
                    "PAYMENT_BACKOFF_MAX", "PT0.05S",
                    "PAYMENT_ATTEMPTS_MAX", "3"),
            NodeService.of(
                    "payment",
                    context ->
                            new PaymentVerticle(context.service(), PaymentSettings.of(context.settings()), provider)));

    private final UUID orderId = Ids.next();

    @AfterAll
    static void close() {
        node.close();
    }

    /** Fails as its tokens say, and remembers what it was asked. */
    private static final class Unreliable implements PaymentProvider {
        final Map<String, Integer> charges = new ConcurrentHashMap<>();
        final Map<String, Integer> refunds = new ConcurrentHashMap<>();
        final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

        @Override
        public ChargeOutcome charge(String key, Money amount, String token) {
            int calls = charges.merge(key, 1, Integer::sum);
            switch (token) {
                case "fails-twice" -> require(calls > 2);
                case "charges-but-never-says-so" -> require(false);
                case "held" -> await(held.get(key));
                default -> {}
            }
            return new Charged();
        }

        @Override
        public RefundOutcome refund(String key) {
            require(refunds.merge(key, 1, Integer::sum) > 1); // the first fails
            return charges.containsKey(key) ? new Refunded() : new NothingCharged();
        }

        private static void require(boolean isUp) {
            if (!isUp) {
                throw new IllegalStateException("down");
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private String key() {
        return "order-" + orderId;
    }

    private static void send(Command command) {
        node.as("ordering").run(Cause.none(), tx -> tx.send(command));
    }

    private List<String> told() {
        return node.messages("payment").stream()
                .filter(message -> message.key().equals(orderId.toString()))
                .map(message -> message.type())
                .toList();
    }

    /** A payment whose charge is in flight until the latch is counted down. */
    private static CountDownLatch hold(UUID order) {
        var latch = new CountDownLatch(1);
        provider.held.put("order-" + order, latch);
        send(new TakePayment(order, AMOUNT, "held"));
        Await.until("the charge is in flight", PATIENCE, () -> provider.charges.containsKey("order-" + order));
        return latch;
    }

    @Test
    void a_provider_that_fails_twice_is_asked_a_third_time() {
        send(new TakePayment(orderId, AMOUNT, "fails-twice"));
        node.awaitMessage("payment", PaymentTaken.class, m -> m.orderId().equals(orderId));
        assertThat(provider.charges).containsEntry(key(), 3);
    }

    @Test
    void a_provider_that_never_answers_makes_a_decline_once_the_charge_is_undone() {
        send(new TakePayment(orderId, AMOUNT, "charges-but-never-says-so"));
        var declined = node.awaitMessage(
                "payment", PaymentDeclined.class, m -> m.orderId().equals(orderId));
        assertThat(declined.reason()).isEqualTo("provider-unavailable");
        assertThat(provider.charges).containsEntry(key(), 3);
        assertThat(provider.refunds).containsEntry(key(), 2);
        assertThat(told()).containsExactly("payment.payment-declined.v1");
    }

    @Test
    void a_failed_refund_is_made_again() {
        send(new TakePayment(orderId, AMOUNT, "good"));
        node.awaitMessage("payment", PaymentTaken.class, m -> m.orderId().equals(orderId));
        send(new RefundPayment(orderId));
        node.awaitMessage("payment", PaymentRefunded.class, m -> m.orderId().equals(orderId));
        assertThat(provider.refunds).containsEntry(key(), 2);
    }

    @Test
    void a_payment_no_worker_took_is_cancelled_without_the_provider() {
        var one = hold(Ids.next());
        var other = hold(Ids.next());
        send(new TakePayment(orderId, AMOUNT, "good"));
        send(new RefundPayment(orderId));
        node.settled();
        one.countDown();
        other.countDown();
        var last = Ids.next();
        send(new TakePayment(last, AMOUNT, "good"));
        node.awaitMessage("payment", PaymentTaken.class, m -> m.orderId().equals(last));
        assertThat(told()).isEmpty();
        assertThat(provider.charges).doesNotContainKey(key());
        assertThat(provider.refunds).doesNotContainKey(key());
    }

    @Test
    void a_charge_in_flight_is_refunded_when_the_provider_has_answered() {
        var latch = hold(orderId);
        send(new RefundPayment(orderId));
        node.settled();
        assertThat(told()).isEmpty();
        latch.countDown();
        node.awaitMessage("payment", PaymentRefunded.class, m -> m.orderId().equals(orderId));
        assertThat(told()).containsExactly("payment.payment-refunded.v1");
        assertThat(provider.charges).containsEntry(key(), 1);
    }

    @Test
    void a_call_that_takes_longer_than_the_lease_is_made_once() {
        var latch = hold(orderId);
        Await.until(
                "the lease is renewed",
                PATIENCE,
                () -> node.sql("payment")
                        .find(
                                "select claimed_until > changed_at + interval '600 milliseconds' from payment where order_id = $1",
                                row -> row.getBoolean(0),
                                orderId)
                        .orElseThrow());
        latch.countDown();
        node.awaitMessage("payment", PaymentTaken.class, m -> m.orderId().equals(orderId));
        assertThat(provider.charges).containsEntry(key(), 1);
    }
}
