package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.ReserveStock;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.GetOrder;
import postbus.contracts.ordering.HistoryEntry;
import postbus.contracts.ordering.Line;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.ordering.PricedLine;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.payment.TakePayment;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.contracts.shipping.StopDispatch;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.testkit.Await;

class OrderingTest {
    private static Neighbourhood shop;

    @BeforeAll
    static void start() {
        shop = new Neighbourhood(Map.of());
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    // Placing

    @Test
    void a_placed_order_is_accepted_announced_and_its_stock_asked_for() {
        var accepted = shop.node.ask(Neighbourhood.TWO_ESPRESSI, OrderAccepted.class);

        assertThat(accepted.status()).isEqualTo("placed");
        assertThat(accepted.orderId().version()).isEqualTo(7);
        assertThat(shop.said(accepted.orderId()))
                .containsExactly("ordering.order-placed.v1", "inventory.reserve-stock.v1");
        assertThat(shop.node
                        .awaitMessage(
                                "ordering",
                                ReserveStock.class,
                                command -> command.orderId().equals(accepted.orderId()))
                        .lines())
                .containsExactly(new OrderLine("espresso", 2));
    }

    @Test
    void an_order_shows_what_was_ordered_at_which_price() {
        var id = shop.placed();

        var view = shop.order(id);

        var placed = shop.node.awaitMessage(
                "ordering", OrderPlaced.class, event -> event.orderId().equals(id));
        assertThat(view)
                .isEqualTo(new OrderView(
                        id,
                        "ada",
                        "placed",
                        null,
                        new Money(500, "EUR"),
                        List.of(new PricedLine("espresso", 2, new Money(250, "EUR"))),
                        List.of(new HistoryEntry("ordering.order-placed.v1", placed.at()))));
    }

    @Test
    void orders_are_priced_by_what_catalog_said_last() {
        shop.say("catalog", new ProductDefined("filter", "Filter", new Money(100, "EUR")));
        shop.say("catalog", new ProductRenamed("filter", "Paper filter"));
        shop.say("catalog", new ProductPriceChanged("filter", new Money(120, "EUR")));
        Await.until(
                "price known",
                Duration.ofSeconds(10),
                () -> shop.node
                        .sql("ordering")
                        .find(
                                "select name, amount from product where sku = 'filter'",
                                row -> row.getString("name").equals("Paper filter") && row.getLong("amount") == 120)
                        .orElse(false));

        var accepted = shop.node.ask(new PlaceOrder("ada", List.of(new Line("filter", 3)), null), OrderAccepted.class);

        assertThat(shop.order(accepted.orderId()).total()).isEqualTo(new Money(360, "EUR"));
    }

    @Test
    void an_order_of_an_unknown_product_is_refused_and_leaves_nothing() {
        var customer = "unlucky-" + UUID.randomUUID();
        var wish = new PlaceOrder(customer, List.of(new Line("espresso", 1), new Line("unicorn", 1)), null);

        var refusal = refusal(() -> shop.node.ask(wish, OrderAccepted.class));

        assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
        assertThat(refusal.field()).isEqualTo("/lines/1/sku");
        assertThat(shop.node.messages("ordering", OrderPlaced.class))
                .noneMatch(event -> event.customerId().equals(customer));
    }

    @Test
    void the_same_request_under_the_same_key_gives_the_same_order() {
        var customer = "twice-" + UUID.randomUUID();
        var wish = new PlaceOrder(customer, List.of(new Line("espresso", 1)), null);

        var first = shop.node.ask(wish, OrderAccepted.class, customer);
        var again = shop.node.ask(wish, OrderAccepted.class, customer);

        assertThat(again).isEqualTo(first);
        assertThat(shop.node.messages("ordering", OrderPlaced.class))
                .filteredOn(event -> event.customerId().equals(customer))
                .hasSize(1);
    }

    @Test
    void another_request_under_the_same_key_is_refused() {
        var key = UUID.randomUUID().toString();
        shop.node.ask(Neighbourhood.TWO_ESPRESSI, OrderAccepted.class, key);

        var other = new PlaceOrder("ada", List.of(new Line("espresso", 3)), null);
        var refusal = refusal(() -> shop.node.ask(other, OrderAccepted.class, key));

        assertThat(refusal.problem()).isEqualTo(Problem.IDEMPOTENCY_KEY_REUSED);
    }

    @Test
    void an_order_nobody_placed_is_not_found() {
        var id = UUID.randomUUID();

        assertThat(refusal(() -> shop.node.ask(new GetOrder(id), OrderView.class))
                        .problem())
                .isEqualTo(Problem.NOT_FOUND);
        assertThat(refusal(() -> shop.cancel(id)).problem()).isEqualTo(Problem.NOT_FOUND);
    }

    // Flow

    @Test
    void an_order_goes_from_placed_to_shipped() {
        var id = shop.shipped();

        assertThat(shop.said(id))
                .containsExactly(
                        "ordering.order-placed.v1",
                        "inventory.reserve-stock.v1",
                        "ordering.order-confirmed.v1",
                        "payment.take-payment.v1",
                        "ordering.order-paid.v1",
                        "ordering.order-shipped.v1");
        assertThat(shop.order(id).history())
                .extracting(HistoryEntry::type)
                .containsExactly(
                        "ordering.order-placed.v1",
                        "ordering.order-confirmed.v1",
                        "ordering.order-paid.v1",
                        "ordering.order-shipped.v1");
        assertThat(shop.waiting(id)).isEmpty();
    }

    @Test
    void payment_is_asked_for_the_total_with_the_customers_token() {
        var id = shop.confirmed();

        assertThat(shop.node.awaitMessage(
                        "ordering",
                        TakePayment.class,
                        command -> command.orderId().equals(id)))
                .isEqualTo(new TakePayment(id, new Money(500, "EUR"), "tok_visa"));
    }

    @Test
    void an_order_waits_for_one_deadline_at_a_time() {
        var id = shop.paid();

        assertThat(shop.waiting(id)).singleElement().asString().contains("PAID");
    }

    @Test
    void an_order_out_of_stock_is_cancelled() {
        var id = shop.placed();

        shop.say("inventory", new StockRejected(id, List.of()));

        assertThat(shop.awaitStatus(id, "cancelled").reason()).isEqualTo("out-of-stock");
        assertThat(shop.said(id))
                .containsExactly(
                        "ordering.order-placed.v1", "inventory.reserve-stock.v1", "ordering.order-cancelled.v1");
        assertThat(shop.waiting(id)).isEmpty();
    }

    @Test
    void a_declined_order_is_cancelled_and_its_stock_released() {
        var id = shop.confirmed();

        shop.say("payment", new PaymentDeclined(id, "no funds"));

        assertThat(shop.awaitStatus(id, "cancelled").reason()).isEqualTo("payment-declined");
        assertThat(shop.said(id)).endsWith("ordering.order-cancelled.v1", "inventory.release-stock.v1");
        assertThat(shop.waiting(id)).isEmpty();
    }

    // Cancelling

    @Test
    void a_placed_order_is_cancelled_at_once_and_its_stock_released() {
        var id = shop.placed();

        assertThat(shop.cancel(id)).isEqualTo("cancelled");

        assertThat(shop.order(id).reason()).isEqualTo("cancelled-by-customer");
        assertThat(shop.said(id)).endsWith("ordering.order-cancelled.v1", "inventory.release-stock.v1");
        assertThat(shop.waiting(id)).isEmpty();
    }

    @Test
    void a_confirmed_order_is_cancelled_at_once_and_gives_back_money_and_stock() {
        var id = shop.confirmed();

        assertThat(shop.cancel(id)).isEqualTo("cancelled");

        assertThat(shop.said(id))
                .endsWith("ordering.order-cancelled.v1", "payment.refund-payment.v1", "inventory.release-stock.v1");
        assertThat(shop.waiting(id)).isEmpty();
    }

    @Test
    void a_paid_order_stays_paid_until_shipping_says_that_it_is_stopped() {
        var id = shop.paid();

        assertThat(shop.cancel(id)).isEqualTo("paid");
        assertThat(shop.said(id)).endsWith("ordering.order-paid.v1", "shipping.stop-dispatch.v1");
        assertThat(shop.order(id).status()).isEqualTo("paid");

        shop.say("shipping", new DispatchStopped(id));

        assertThat(shop.awaitStatus(id, "cancelled").reason()).isEqualTo("cancelled-by-customer");
        assertThat(shop.said(id))
                .endsWith("ordering.order-cancelled.v1", "payment.refund-payment.v1", "inventory.release-stock.v1");
        assertThat(shop.waiting(id)).isEmpty();
    }

    @Test
    void a_paid_order_that_left_before_it_could_be_stopped_is_shipped() {
        var id = shop.paid();
        shop.cancel(id);

        shop.say("shipping", new OrderDispatched(id, "PB-2"));

        assertThat(shop.awaitStatus(id, "shipped").reason()).isNull();
        assertThat(shop.said(id)).endsWith("shipping.stop-dispatch.v1", "ordering.order-shipped.v1");
    }

    @Test
    void shipping_is_told_to_stop_once_however_often_the_customer_cancels() {
        var id = shop.paid();

        shop.cancel(id);
        shop.cancel(id);

        assertThat(shop.node.messages("ordering", StopDispatch.class))
                .filteredOn(command -> command.orderId().equals(id))
                .hasSize(1);
    }

    @Test
    void a_cancelled_order_can_be_cancelled_again_with_the_same_answer() {
        var id = shop.placed();
        shop.cancel(id);

        assertThat(shop.cancel(id)).isEqualTo("cancelled");
        assertThat(shop.node.messages("ordering", OrderCancelled.class))
                .filteredOn(event -> event.orderId().equals(id))
                .hasSize(1);
    }

    @Test
    void a_shipped_order_cannot_be_cancelled() {
        var id = shop.shipped();

        assertThat(refusal(() -> shop.cancel(id)).problem()).isEqualTo(Problem.CONFLICT);
    }

    // Too late, twice, at the same time

    @Test
    void what_comes_after_the_end_is_ignored() {
        var id = shop.confirmed();
        shop.cancel(id);
        var before = shop.said(id);

        shop.sayInVain("payment", new PaymentTaken(id, Neighbourhood.TOTAL));
        shop.sayInVain("inventory", new StockReserved(id));
        shop.sayInVain("shipping", new OrderDispatched(id, "PB-3"));

        assertThat(shop.said(id)).isEqualTo(before);
        assertThat(shop.order(id).status()).isEqualTo("cancelled");
    }

    @Test
    void what_is_said_twice_counts_once() {
        var id = shop.confirmed();

        shop.sayInVain("inventory", new StockReserved(id));

        assertThat(shop.said(id)).filteredOn("payment.take-payment.v1"::equals).hasSize(1);
    }

    @Test
    void what_is_said_about_an_unknown_order_is_ignored() {
        var id = UUID.randomUUID();

        shop.sayInVain("inventory", new StockReserved(id));

        assertThat(shop.said(id)).isEmpty();
    }

    @Test
    void a_cancellation_and_an_event_at_the_same_time_are_decided_one_after_the_other() throws Exception {
        var ids = new ArrayList<UUID>();
        for (int i = 0; i < 12; i++) {
            ids.add(shop.placed());
        }

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var id : ids) {
                threads.submit(() -> shop.say("inventory", new StockReserved(id)));
                threads.submit(() -> shop.cancel(id));
            }
        }
        shop.node.settled();

        for (var id : ids) {
            assertThat(shop.order(id).status()).isEqualTo("cancelled");
            var said = shop.said(id);
            assertThat(said).doesNotHaveDuplicates().contains("inventory.release-stock.v1");
            assertThat(said.contains("payment.refund-payment.v1")).isEqualTo(said.contains("payment.take-payment.v1"));
            assertThat(shop.waiting(id)).isEmpty();
        }
    }

    private static Refusal refusal(ThrowingCallable request) {
        var refusal = catchThrowableOfType(Refusal.class, request);
        assertThat(refusal).as("refusal").isNotNull();
        return refusal;
    }
}
