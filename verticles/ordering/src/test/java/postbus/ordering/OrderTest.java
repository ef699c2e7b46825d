package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.ordering.OrderEvent.Cancelled;
import postbus.ordering.OrderEvent.Confirmed;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderEvent.Paid;
import postbus.ordering.OrderEvent.Shipped;
import postbus.ordering.OrderEvent.StopWanted;

class OrderTest {
    // placed

    @Test
    void reserved_stock_confirms_a_placed_order() {
        assertThat(Given.placed().stockReserved()).containsExactly(new Confirmed());
    }

    @Test
    void rejected_stock_cancels_a_placed_order() {
        assertThat(Given.placed().stockRejected()).containsExactly(new Cancelled(Reason.OUT_OF_STOCK));
    }

    @Test
    void a_customer_cancels_a_placed_order_at_once() {
        assertThat(Given.placed().cancel()).containsExactly(new Cancelled(Reason.CANCELLED_BY_CUSTOMER));
    }

    @Test
    void the_stock_deadline_cancels_a_placed_order() {
        assertThat(Given.placed().deadlinePassed(Stage.PLACED)).containsExactly(new Cancelled(Reason.DEADLINE_PASSED));
    }

    // confirmed

    @Test
    void taken_money_makes_a_confirmed_order_paid() {
        assertThat(Given.confirmed().paymentTaken()).containsExactly(new Paid());
    }

    @Test
    void declined_money_cancels_a_confirmed_order() {
        assertThat(Given.confirmed().paymentDeclined()).containsExactly(new Cancelled(Reason.PAYMENT_DECLINED));
    }

    @Test
    void a_customer_cancels_a_confirmed_order_at_once() {
        assertThat(Given.confirmed().cancel()).containsExactly(new Cancelled(Reason.CANCELLED_BY_CUSTOMER));
    }

    @Test
    void the_payment_deadline_cancels_a_confirmed_order() {
        assertThat(Given.confirmed().deadlinePassed(Stage.CONFIRMED))
                .containsExactly(new Cancelled(Reason.DEADLINE_PASSED));
    }

    // paid

    @Test
    void dispatch_ships_a_paid_order() {
        assertThat(Given.paid().dispatched()).containsExactly(new Shipped());
    }

    @Test
    void a_customer_who_cancels_a_paid_order_wants_its_dispatch_stopped() {
        assertThat(Given.paid().cancel()).containsExactly(new StopWanted(Reason.CANCELLED_BY_CUSTOMER));
    }

    @Test
    void the_dispatch_deadline_wants_the_dispatch_of_a_paid_order_stopped() {
        assertThat(Given.paid().deadlinePassed(Stage.PAID)).containsExactly(new StopWanted(Reason.DEADLINE_PASSED));
    }

    @Test
    void a_stop_is_wanted_once_and_for_the_first_reason() {
        var order = Given.stopping(Reason.CANCELLED_BY_CUSTOMER);

        assertThat(order.cancel()).isEmpty();
        assertThat(order.deadlinePassed(Stage.PAID)).isEmpty();
    }

    @Test
    void stopped_dispatch_cancels_for_the_reason_it_was_to_be_stopped() {
        assertThat(Given.stopping(Reason.CANCELLED_BY_CUSTOMER).dispatchStopped())
                .containsExactly(new Cancelled(Reason.CANCELLED_BY_CUSTOMER));
        assertThat(Given.stopping(Reason.DEADLINE_PASSED).dispatchStopped())
                .containsExactly(new Cancelled(Reason.DEADLINE_PASSED));
    }

    @Test
    void dispatch_that_was_quicker_than_the_stop_ships_the_order() {
        var order = Given.stopping(Reason.CANCELLED_BY_CUSTOMER);

        assertThat(order.dispatched()).containsExactly(new Shipped());
        assertThat(Order.after(order, new Shipped()).stopFor()).isNull();
    }

    // ended

    @Test
    void a_shipped_order_cannot_be_cancelled() {
        assertThatThrownBy(() -> Given.shipped().cancel())
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.problem()).isEqualTo(Problem.CONFLICT));
    }

    @Test
    void cancelling_a_cancelled_order_changes_nothing() {
        assertThat(Given.cancelled().cancel()).isEmpty();
    }

    /** All that is not said above: too late, twice, or never to be expected in that stage. */
    @TestFactory
    List<DynamicTest> what_makes_no_sense_in_a_stage_is_ignored() {
        Map<String, Function<Order, List<OrderEvent>>> inputs = Map.of(
                "stock reserved", Order::stockReserved,
                "stock rejected", Order::stockRejected,
                "payment taken", Order::paymentTaken,
                "payment declined", Order::paymentDeclined,
                "dispatched", Order::dispatched,
                "dispatch stopped", Order::dispatchStopped,
                "stock deadline", order -> order.deadlinePassed(Stage.PLACED),
                "payment deadline", order -> order.deadlinePassed(Stage.CONFIRMED),
                "dispatch deadline", order -> order.deadlinePassed(Stage.PAID));
        Map<Order, List<String>> sensible = Map.of(
                Given.placed(), List.of("stock reserved", "stock rejected", "stock deadline"),
                Given.confirmed(), List.of("payment taken", "payment declined", "payment deadline"),
                Given.paid(), List.of("dispatched", "dispatch deadline"),
                Given.stopping(Reason.DEADLINE_PASSED), List.of("dispatched", "dispatch stopped"),
                Given.shipped(), List.of(),
                Given.cancelled(), List.of());
        return sensible.entrySet().stream()
                .flatMap(stage -> inputs.entrySet().stream()
                        .filter(input -> !stage.getValue().contains(input.getKey()))
                        .map(input -> DynamicTest.dynamicTest(
                                input.getKey() + " when "
                                        + stage.getKey().stage().status(),
                                () -> assertThat(input.getValue().apply(stage.getKey()))
                                        .isEmpty())))
                .toList();
    }

    // folding

    @Test
    void leaving_a_stage_forgets_its_deadline() {
        assertThat(Given.placed().deadlineId()).isEqualTo(Given.DEADLINE);
        assertThat(Order.after(Given.placed(), new Confirmed()).deadlineId()).isNull();
    }

    @Test
    void a_deadline_belongs_to_the_stage_it_is_set_in() {
        var id = UUID.randomUUID();

        assertThat(Given.order(Given.PLACED, new Confirmed(), new DeadlineSet(id))
                        .deadlineId())
                .isEqualTo(id);
    }

    @Test
    void a_stream_begins_with_placed_and_holds_it_once() {
        assertThatThrownBy(() -> Order.after(null, new Confirmed())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Order.after(Given.placed(), Given.PLACED)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_cancelled_order_says_why() {
        assertThat(Given.cancelled().reason()).isEqualTo(Reason.OUT_OF_STOCK);
    }
}
