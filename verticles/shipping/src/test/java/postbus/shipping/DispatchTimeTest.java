package postbus.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.shipping.OrderDispatched;
import postbus.messaging.transaction.Cause;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** Orders that are picked by the clock. */
class DispatchTimeTest {
    private static final TestNode node =
            TestNode.start(Map.of("DISPATCH_AFTER", "PT0.1S", "ANNOUNCE_EVERY", "PT0.1S"), ShippingMain.SERVICE);
    private static final Orders orders = new Orders(node);

    private static final String WAITING = """
            select count(*) as waiting from dispatch where state = 'waiting'
            """;

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void a_paid_order_is_dispatched_when_the_picking_time_is_over() {
        var order = UUID.randomUUID();
        orders.paid(order);
        node.awaitMessage(
                "shipping", OrderDispatched.class, event -> event.orderId().equals(order));
    }

    @Test
    void of_orders_stopped_around_the_time_they_are_picked_exactly_one_thing_is_told() {
        var raced = Stream.generate(UUID::randomUUID).limit(60).toList();
        node.as("ordering").run(Cause.none(), tx -> raced.forEach(order -> tx.publish(Orders.paidEvent(order))));
        raced.forEach(orders::stop); // one by one: the first in time, the last too late
        node.settled();
        Await.until(
                "no order waits",
                Duration.ofSeconds(10),
                () -> node.sql("shipping")
                        .find(WAITING, row -> row.getLong("waiting") == 0)
                        .orElseThrow());
        node.settled(); // what was stopped too late to withdraw its command
        assertThat(raced).allSatisfy(order -> assertThat(orders.told(order)).hasSize(1));
    }
}
