package postbus.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** Payment at its door, with the simulated provider. */
class PaymentServiceTest {
    private static final Money AMOUNT = new Money(1_999, "EUR");

    private static final TestNode node =
            TestNode.start(Map.of("PAYMENT_SLOW_AFTER", "PT1S", "PAYMENT_POLL", "PT0.1S"), PaymentMain.SERVICE);

    private final UUID orderId = Ids.next();

    @AfterAll
    static void close() {
        node.close();
    }

    private static void send(Command... commands) {
        node.as("ordering").run(Cause.none(), tx -> List.of(commands).forEach(tx::send));
    }

    private TakePayment take(String token) {
        return new TakePayment(orderId, AMOUNT, token);
    }

    private String state(UUID orderId) {
        return node.sql("payment")
                .find("select state from payment where order_id = $1", row -> row.getString("state"), orderId)
                .orElse("unknown");
    }

    private void awaitState(String state) {
        Await.until(
                "payment is " + state,
                Duration.ofSeconds(10),
                () -> state(orderId).equals(state));
    }

    private void awaitInFlight() {
        Await.until(
                "payment in flight",
                Duration.ofSeconds(10),
                () -> node.sql("payment")
                        .find(
                                "select from payment where order_id = $1 and claimed_until is not null",
                                row -> true,
                                orderId)
                        .orElse(false));
    }

    private List<String> told() {
        return node.messages("payment").stream()
                .filter(message -> message.key().equals(orderId.toString()))
                .map(message -> message.type())
                .toList();
    }

    private long heldByProvider() {
        return node.sql("payment")
                .find(
                        "select charged - refunded as held from simulated_charge where idempotency_key = $1",
                        row -> row.getLong("held"),
                        "order-" + orderId)
                .orElse(-1L);
    }

    @Test
    void a_payment_is_taken_by_the_default_token() {
        send(take(null));
        var taken = node.awaitMessage(
                "payment", PaymentTaken.class, m -> m.orderId().equals(orderId));
        assertThat(taken.amount()).isEqualTo(AMOUNT);
        assertThat(heldByProvider()).isEqualTo(AMOUNT.amount());
    }

    @Test
    void what_is_told_belongs_to_the_command_that_asked() {
        send(take("tok_ok"));
        awaitState("taken");
        var command = node.messages("ordering").stream()
                .filter(message -> message.key().equals(orderId.toString()))
                .findFirst()
                .orElseThrow();
        assertThat(node.messages("payment"))
                .filteredOn(message -> message.key().equals(orderId.toString()))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.correlationId()).isEqualTo(command.correlationId());
                    assertThat(event.causationId()).isEqualTo(command.id());
                });
    }

    @Test
    void a_declined_payment_says_why() {
        send(take("tok_declined"));
        var declined = node.awaitMessage(
                "payment", PaymentDeclined.class, m -> m.orderId().equals(orderId));
        assertThat(declined.reason()).isEqualTo("card-declined");
        assertThat(heldByProvider()).isZero();
    }

    @Test
    void a_slow_payment_delays_no_other() {
        var quick = Ids.next();
        send(take("tok_slow"));
        awaitInFlight();
        send(new TakePayment(quick, AMOUNT, "tok_ok"));
        node.awaitMessage("payment", PaymentTaken.class, m -> m.orderId().equals(orderId));
        assertThat(node.messages("payment", PaymentTaken.class))
                .extracting(PaymentTaken::orderId)
                .containsSubsequence(quick, orderId);
    }

    @Test
    void a_command_that_comes_again_charges_nothing_more() {
        send(take("tok_ok"), take("tok_ok"));
        awaitState("taken");
        send(take("tok_ok"));
        node.settled();
        assertThat(told()).containsExactly("payment.payment-taken.v1");
        assertThat(heldByProvider()).isEqualTo(AMOUNT.amount());
    }

    @Test
    void what_was_taken_is_given_back() {
        send(take("tok_ok"));
        awaitState("taken");
        send(new RefundPayment(orderId));
        var refunded = node.awaitMessage(
                "payment", PaymentRefunded.class, m -> m.orderId().equals(orderId));
        assertThat(refunded.amount()).isEqualTo(AMOUNT);
        assertThat(heldByProvider()).isZero();
    }

    @Test
    void a_refund_that_comes_again_gives_nothing_more_back() {
        send(take("tok_ok"));
        awaitState("taken");
        send(new RefundPayment(orderId), new RefundPayment(orderId));
        awaitState("refunded");
        send(new RefundPayment(orderId));
        node.settled();
        assertThat(told()).containsExactly("payment.payment-taken.v1", "payment.payment-refunded.v1");
    }

    @Test
    void a_refund_of_a_declined_payment_says_nothing_more() {
        send(take("tok_declined"));
        awaitState("declined");
        send(new RefundPayment(orderId));
        node.settled();
        assertThat(told()).containsExactly("payment.payment-declined.v1");
    }

    @Test
    void a_refund_while_the_provider_thinks_is_told_without_a_payment() {
        send(take("tok_slow"));
        awaitInFlight();
        send(new RefundPayment(orderId));
        awaitState("refunded");
        assertThat(told()).containsExactly("payment.payment-refunded.v1");
        assertThat(heldByProvider()).isZero();
    }

    @Test
    void a_payment_that_is_refunded_before_it_is_asked_for_is_never_taken() {
        send(new RefundPayment(orderId));
        send(take("tok_ok"));
        node.settled();
        assertThat(state(orderId)).isEqualTo("voided");
        assertThat(told()).isEmpty();
        assertThat(heldByProvider()).isEqualTo(-1);
    }

    @Test
    void a_payment_that_a_dead_instance_had_in_hand_is_taken_over_when_its_lease_runs_out() {
        var sql = node.sql("payment");
        sql.execute("""
                insert into simulated_charge (idempotency_key, outcome, charged, currency)
                values ('order-' || $1::text, 'charged', $2, 'EUR')
                """, orderId.toString(), AMOUNT.amount());
        sql.execute("""
                insert into payment (order_id, state, amount, currency, payment_token, attempts, due_at, claimed_until,
                                     correlation_id)
                values ($1, 'requested', $2, 'EUR', 'tok_ok', 1, now(), now() + interval '500 milliseconds', $1)
                """, orderId, AMOUNT.amount());
        node.awaitMessage("payment", PaymentTaken.class, m -> m.orderId().equals(orderId));
        var waited = sql.find(
                "select changed_at - requested_at >= interval '500 milliseconds' as waited from payment where order_id = $1",
                row -> row.getBoolean("waited"),
                orderId);
        assertThat(waited).contains(true);
        assertThat(heldByProvider()).isEqualTo(AMOUNT.amount());
    }

    @Test
    void the_provider_holds_what_the_payments_say() {
        var orders = new UUID[8];
        for (int i = 0; i < orders.length; i++) {
            orders[i] = Ids.next();
            send(new TakePayment(orders[i], new Money(100 + i, "SEK"), i % 4 == 3 ? "tok_declined" : "tok_ok"));
            if (i % 2 == 0) {
                send(new RefundPayment(orders[i]));
            }
        }
        node.settled();
        Await.until("all settled", Duration.ofSeconds(10), () -> reconciled("unsettled") == 0);
        assertThat(reconciled("provider_holds")).isEqualTo(101 + 105);
        assertThat(reconciled("payments_hold")).isEqualTo(101 + 105);
    }

    private static long reconciled(String column) {
        return node.sql("payment")
                .find(
                        "select * from reconciliation where currency = 'SEK'",
                        row -> row.getNumeric(column).longValue())
                .orElse(-1L);
    }
}
