package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.contracts.shipping.StopDispatch;

/** What happens when nothing happens. With a snapshot after every event, to see whole lives go through them. */
class DeadlineTest {
    private static Neighbourhood shop;

    @BeforeAll
    static void start() {
        shop = new Neighbourhood(Map.of(
                "STOCK_DEADLINE", "PT2.5S",
                "PAYMENT_DEADLINE", "PT2.5S",
                "DISPATCH_DEADLINE", "PT0.2S",
                "SNAPSHOT_AFTER", "1"));
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void an_order_that_gets_no_stock_in_time_is_cancelled_and_its_stock_released() {
        var id = shop.placed();

        assertThat(shop.awaitStatus(id, "cancelled").reason()).isEqualTo("deadline-passed");
        assertThat(shop.said(id)).endsWith("ordering.order-cancelled.v1", "inventory.release-stock.v1");
    }

    @Test
    void an_order_that_is_not_paid_in_time_is_cancelled_and_gives_back_money_and_stock() {
        var id = shop.confirmed();

        assertThat(shop.awaitStatus(id, "cancelled").reason()).isEqualTo("deadline-passed");
        assertThat(shop.said(id))
                .endsWith("ordering.order-cancelled.v1", "payment.refund-payment.v1", "inventory.release-stock.v1");

        shop.sayInVain("payment", new PaymentTaken(id, Neighbourhood.TOTAL));
        assertThat(shop.order(id).status()).isEqualTo("cancelled");
    }

    @Test
    void an_order_that_is_not_dispatched_in_time_is_stopped_and_gives_back_money_and_stock() {
        var id = shop.paid();

        shop.node.awaitMessage(
                "ordering", StopDispatch.class, command -> command.orderId().equals(id));
        assertThat(shop.order(id).status()).isEqualTo("paid");
        shop.say("shipping", new DispatchStopped(id));

        assertThat(shop.awaitStatus(id, "cancelled").reason()).isEqualTo("deadline-passed");
        assertThat(shop.said(id))
                .endsWith("ordering.order-cancelled.v1", "payment.refund-payment.v1", "inventory.release-stock.v1");
    }

    @Test
    void an_order_that_leaves_just_after_the_deadline_is_shipped() {
        var id = shop.paid();

        shop.node.awaitMessage(
                "ordering", StopDispatch.class, command -> command.orderId().equals(id));
        shop.say("shipping", new OrderDispatched(id, "PB-1"));

        shop.awaitStatus(id, "shipped");
        assertThat(shop.waiting(id)).isEmpty();
    }
}
