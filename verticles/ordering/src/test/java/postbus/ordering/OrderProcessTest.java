package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.ReleaseStock;
import postbus.contracts.inventory.ReserveStock;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderShipped;
import postbus.contracts.payment.RefundPayment;
import postbus.contracts.payment.TakePayment;
import postbus.contracts.shipping.StopDispatch;
import postbus.messaging.Command;
import postbus.messaging.Event;
import postbus.ordering.OrderEvent.Cancelled;
import postbus.ordering.OrderEvent.Confirmed;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderEvent.Paid;
import postbus.ordering.OrderEvent.Shipped;
import postbus.ordering.OrderEvent.StopWanted;
import postbus.ordering.OrderProcess.Effect;

class OrderProcessTest {
    private static final Deadlines DEADLINES =
            new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
    private static final OrderProcess PROCESS = new OrderProcess(DEADLINES);
    private static final Effect WITHDRAW = new Effect.WithdrawDeadline(Given.DEADLINE);

    @Test
    void a_placed_order_is_announced_and_its_stock_reserved_until_the_deadline() {
        assertThat(follow(null, Given.PLACED))
                .containsExactly(
                        publish(new OrderPlaced(Given.ID, "ada", Given.PLACED.lines(), Given.PLACED.total(), Given.AT)),
                        send(new ReserveStock(Given.ID, List.of(new OrderLine("espresso", 2)))),
                        deadline(Stage.PLACED, DEADLINES.stock()));
    }

    @Test
    void a_confirmed_order_is_announced_and_its_money_taken_until_the_deadline() {
        assertThat(follow(Given.placed(), new Confirmed()))
                .containsExactly(
                        publish(new OrderConfirmed(Given.ID, Given.AT)),
                        WITHDRAW,
                        send(new TakePayment(Given.ID, Given.PLACED.total(), "tok_visa")),
                        deadline(Stage.CONFIRMED, DEADLINES.payment()));
    }

    @Test
    void a_paid_order_is_announced_and_has_until_the_deadline_to_leave() {
        assertThat(follow(Given.confirmed(), new Paid()))
                .containsExactly(
                        publish(new OrderPaid(Given.ID, "ada", Given.PLACED.lines(), Given.AT)),
                        WITHDRAW,
                        deadline(Stage.PAID, DEADLINES.dispatch()));
    }

    @Test
    void a_shipped_order_is_announced_and_leaves_nothing_waiting() {
        assertThat(follow(Given.paid(), new Shipped()))
                .containsExactly(publish(new OrderShipped(Given.ID, Given.AT)), WITHDRAW);
    }

    @Test
    void a_stop_is_asked_of_shipping_and_announced_to_nobody() {
        assertThat(follow(Given.paid(), new StopWanted(Reason.CANCELLED_BY_CUSTOMER)))
                .containsExactly(send(new StopDispatch(Given.ID)));
    }

    @Test
    void an_order_out_of_stock_has_nothing_to_give_back() {
        assertThat(follow(Given.placed(), new Cancelled(Reason.OUT_OF_STOCK)))
                .containsExactly(cancelled("out-of-stock"), WITHDRAW);
    }

    @Test
    void an_order_that_waits_for_stock_gives_back_stock() {
        assertThat(follow(Given.placed(), new Cancelled(Reason.CANCELLED_BY_CUSTOMER)))
                .containsExactly(cancelled("cancelled-by-customer"), WITHDRAW, send(new ReleaseStock(Given.ID)));
        assertThat(follow(Given.placed(), new Cancelled(Reason.DEADLINE_PASSED)))
                .containsExactly(cancelled("deadline-passed"), WITHDRAW, send(new ReleaseStock(Given.ID)));
    }

    @Test
    void a_declined_order_gives_back_stock_only() {
        assertThat(follow(Given.confirmed(), new Cancelled(Reason.PAYMENT_DECLINED)))
                .containsExactly(cancelled("payment-declined"), WITHDRAW, send(new ReleaseStock(Given.ID)));
    }

    @Test
    void an_order_whose_payment_is_on_its_way_gives_back_money_and_stock() {
        assertThat(follow(Given.confirmed(), new Cancelled(Reason.CANCELLED_BY_CUSTOMER)))
                .containsExactly(
                        cancelled("cancelled-by-customer"),
                        WITHDRAW,
                        send(new RefundPayment(Given.ID)),
                        send(new ReleaseStock(Given.ID)));
    }

    @Test
    void a_paid_order_that_was_stopped_gives_back_money_and_stock() {
        assertThat(follow(Given.stopping(Reason.DEADLINE_PASSED), new Cancelled(Reason.DEADLINE_PASSED)))
                .containsExactly(
                        cancelled("deadline-passed"),
                        WITHDRAW,
                        send(new RefundPayment(Given.ID)),
                        send(new ReleaseStock(Given.ID)));
    }

    @Test
    void nothing_follows_from_a_deadline_being_set() {
        assertThat(follow(Given.placed(), new DeadlineSet(UUID.randomUUID()))).isEmpty();
    }

    private static List<Effect> follow(Order before, OrderEvent event) {
        return PROCESS.follow(before, event, Given.AT);
    }

    private static Effect publish(Event event) {
        return new Effect.Publish(event);
    }

    private static Effect cancelled(String reason) {
        return publish(new OrderCancelled(Given.ID, reason, Given.AT));
    }

    private static Effect send(Command command) {
        return new Effect.Send(command);
    }

    private static Effect deadline(Stage stage, Duration patience) {
        return new Effect.SetDeadline(new CheckDeadline(Given.ID, stage), Given.AT.plus(patience));
    }
}
