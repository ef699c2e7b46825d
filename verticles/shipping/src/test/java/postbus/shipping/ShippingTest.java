package postbus.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.shipping.OrderDispatched;
import postbus.contracts.shipping.StopDispatch;
import postbus.messaging.transaction.Cause;
import postbus.testkit.TestNode;

/** Here picking takes a day, and tests say themselves when it is over. */
class ShippingTest {
    private static final TestNode node =
            TestNode.start(Map.of("DISPATCH_AFTER", "P1D", "ANNOUNCE_EVERY", "PT0.1S"), ShippingMain.SERVICE);
    private static final Orders orders = new Orders(node);

    private static final String SCHEDULED = """
            select count(*) as scheduled from scheduled where key = $1
            """;

    private final UUID order = UUID.randomUUID();

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void a_paid_order_waits_until_it_is_picked() {
        paid();
        assertThat(told()).isEmpty();
        assertThat(scheduled()).isEqualTo(1);
    }

    @Test
    void a_picked_order_is_dispatched_with_a_tracking_number() {
        paid();
        picked();
        assertThat(node.awaitMessage(
                        "shipping",
                        OrderDispatched.class,
                        event -> event.orderId().equals(order)))
                .isEqualTo(new OrderDispatched(order, TrackingNumber.of(order)));
    }

    @Test
    void an_order_paid_twice_is_scheduled_once() {
        paid();
        paid();
        assertThat(scheduled()).isEqualTo(1);
    }

    @Test
    void an_order_picked_twice_is_dispatched_once() {
        paid();
        picked();
        picked();
        assertThat(told()).containsExactly("shipping.order-dispatched.v1");
    }

    @Test
    void an_order_stopped_while_it_is_picked_stays() {
        paid();
        stopped();
        assertThat(told()).containsExactly("shipping.dispatch-stopped.v1");
        assertThat(scheduled()).isZero();
    }

    @Test
    void an_order_stopped_just_when_it_is_picked_stays() {
        paid();
        stopped();
        picked(); // its command was already on its way
        assertThat(told()).containsExactly("shipping.dispatch-stopped.v1");
    }

    @Test
    void an_order_stopped_before_it_is_paid_stays() {
        stopped();
        paid();
        assertThat(told()).containsExactly("shipping.dispatch-stopped.v1");
        assertThat(scheduled()).isZero();
    }

    @Test
    void an_order_is_stopped_once() {
        paid();
        stopped();
        stopped();
        assertThat(told()).containsExactly("shipping.dispatch-stopped.v1");
    }

    @Test
    void a_dispatched_order_is_not_stopped() {
        paid();
        picked();
        stopped();
        assertThat(told()).containsExactly("shipping.order-dispatched.v1");
    }

    @Test
    void an_order_that_nobody_paid_is_not_dispatched() {
        picked();
        assertThat(told()).isEmpty();
    }

    @Test
    void of_dispatching_and_stopping_at_once_exactly_one_is_told() {
        var raced = Stream.generate(UUID::randomUUID).limit(100).toList();
        node.as("ordering").run(Cause.none(), tx -> raced.forEach(order -> tx.publish(Orders.paidEvent(order))));
        node.settled();
        // In opposite order, so that batches of the two also wait for each other in a circle.
        var dispatching = CompletableFuture.runAsync(() ->
                node.as("shipping").run(Cause.none(), tx -> raced.forEach(order -> tx.send(new DispatchOrder(order)))));
        var stopping = CompletableFuture.runAsync(() -> node.as("ordering")
                .run(Cause.none(), tx -> raced.reversed().forEach(order -> tx.send(new StopDispatch(order)))));
        CompletableFuture.allOf(dispatching, stopping).join();
        node.settled();
        assertThat(raced).allSatisfy(order -> assertThat(orders.told(order)).hasSize(1));
    }

    private void paid() {
        orders.paid(order);
        node.settled();
    }

    private void stopped() {
        orders.stop(order);
        node.settled();
    }

    /** Says what the scheduled command would say. */
    private void picked() {
        node.as("shipping").run(Cause.none(), tx -> tx.send(new DispatchOrder(order)));
        node.settled();
    }

    private List<String> told() {
        return orders.told(order);
    }

    private long scheduled() {
        return node.sql("shipping")
                .find(SCHEDULED, row -> row.getLong("scheduled"), order.toString())
                .orElseThrow();
    }
}
