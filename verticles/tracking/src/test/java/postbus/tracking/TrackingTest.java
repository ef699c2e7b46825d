package postbus.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReleased;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.HistoryEntry;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderShipped;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PricedLine;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentRefunded;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.contracts.tracking.ListOrders;
import postbus.contracts.tracking.OrderList;
import postbus.contracts.tracking.TrackOrder;
import postbus.messaging.Envelope;
import postbus.messaging.Event;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Ids;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

class TrackingTest {
    private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");
    private static final Money PRICE = new Money(250, "EUR");
    private static final List<PricedLine> LINES = List.of(new PricedLine("espresso", 1, PRICE));

    private static TestNode node;

    private final UUID id = Ids.next();

    @BeforeAll
    static void start() {
        node = TestNode.start(TrackingMain.SERVICE);
        for (var source : List.of("ordering", "inventory", "payment", "shipping")) {
            node.as(source);
            Await.until(
                    "listening to " + source,
                    Duration.ofSeconds(10),
                    () -> !node.sql("tracking")
                            .list(
                                    "select lane from subscription_cursor where source = $1",
                                    row -> row.getInteger(0),
                                    source)
                            .isEmpty());
        }
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    // One order

    @Test
    void an_order_is_shown_as_ordering_announced_it() {
        say(placed(id, "ada"));

        assertThat(track())
                .isEqualTo(new OrderView(
                        id,
                        "ada",
                        "placed",
                        null,
                        PRICE,
                        LINES,
                        List.of(new HistoryEntry("ordering.order-placed.v1", NOON))));
    }

    @Test
    void an_order_nobody_announced_is_not_found() {
        assertThat(refusal(() -> node.ask(new TrackOrder(id), OrderView.class)).problem())
                .isEqualTo(Problem.NOT_FOUND);
    }

    @Test
    void an_order_of_which_only_others_spoke_is_not_found() {
        say(new StockReserved(id));

        assertThat(refusal(this::track).problem()).isEqualTo(Problem.NOT_FOUND);
    }

    @Test
    void what_others_said_before_ordering_is_not_lost() {
        say(new StockReserved(id));
        say(placed(id, "ada"));

        assertThat(track().history())
                .extracting(HistoryEntry::type)
                .containsExactlyInAnyOrder("ordering.order-placed.v1", "inventory.stock-reserved.v1");
    }

    @Test
    void ordering_is_believed_about_its_own_time_and_the_others_by_their_messages() {
        say(placed(id, "ada"));
        say(new StockReserved(id));

        var sent = node.messages("inventory").stream()
                .filter(message -> message.key().equals(id.toString()))
                .findFirst()
                .orElseThrow();
        assertThat(track().history())
                .contains(
                        new HistoryEntry("ordering.order-placed.v1", NOON),
                        new HistoryEntry("inventory.stock-reserved.v1", sent.time()));
    }

    @Test
    void a_shipped_order_has_its_whole_life_as_history() {
        say(placed(id, "ada"));
        say(new StockReserved(id));
        say(new OrderConfirmed(id, NOON.plusSeconds(1)));
        say(new PaymentTaken(id, PRICE));
        say(new OrderPaid(id, "ada", LINES, NOON.plusSeconds(2)));
        say(new OrderDispatched(id, "PB-1"));
        say(new OrderShipped(id, NOON.plusSeconds(3)));

        var view = track();

        assertThat(view.status()).isEqualTo("shipped");
        assertThat(view.history()).hasSize(7);
    }

    @Test
    void a_cancelled_order_says_why_in_the_words_of_ordering() {
        say(placed(id, "ada"));
        say(new PaymentDeclined(id, "no funds"));
        say(new OrderCancelled(id, "payment-declined", NOON.plusSeconds(1)));
        say(new PaymentRefunded(id, PRICE));
        say(new StockReleased(id, List.of()));

        assertThat(track().status()).isEqualTo("cancelled");
        assertThat(track().reason()).isEqualTo("payment-declined");
    }

    // Interleavings

    @Test
    void an_order_comes_out_the_same_however_its_sources_are_interleaved() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("TrackingTest -Dseed=" + seed);
        var random = new Random(seed);
        for (var life : lives()) {
            var views = new HashSet<String>();
            for (int i = 0; i < 12; i++) {
                views.add(applied(Ids.next(), merged(life, random)));
            }
            assertThat(views).as("views of %s", life).hasSize(1);
        }
    }

    @Test
    void an_event_that_is_applied_again_changes_nothing() {
        var order = Ids.next();
        var life = lives().get(0).stream().flatMap(List::stream).toList();

        assertThat(applied(order, life)).isEqualTo(applied(order, life));
    }

    private record Said(String source, int second, UUID messageId, Event event) {}

    /** Whole lives, what each source says in its order; times tie and clocks differ. */
    private static List<List<List<Said>>> lives() {
        var order = new UUID(0, 0);
        return List.of(
                List.of(
                        said(
                                "ordering",
                                placed(order, "ada"),
                                new OrderConfirmed(order, NOON),
                                new OrderPaid(order, "ada", LINES, NOON.plusSeconds(1)),
                                new OrderShipped(order, NOON.plusSeconds(2))),
                        said("inventory", new StockReserved(order)),
                        said("payment", new PaymentTaken(order, PRICE)),
                        said("shipping", new OrderDispatched(order, "PB-1"))),
                List.of(
                        said(
                                "ordering",
                                placed(order, "ada"),
                                new OrderConfirmed(order, NOON),
                                new OrderPaid(order, "ada", LINES, NOON),
                                new OrderCancelled(order, "cancelled-by-customer", NOON)),
                        said("inventory", new StockReserved(order), new StockReleased(order, List.of())),
                        said("payment", new PaymentTaken(order, PRICE), new PaymentRefunded(order, PRICE)),
                        said("shipping", new DispatchStopped(order))),
                List.of(
                        said("ordering", placed(order, "ada"), new OrderCancelled(order, "out-of-stock", NOON)),
                        said("inventory", new StockRejected(order, List.of()))));
    }

    private static List<Said> said(String source, Event... events) {
        var said = new ArrayList<Said>();
        for (var event : events) {
            said.add(new Said(source, said.size(), UUID.randomUUID(), event));
        }
        return said;
    }

    /** One of the orders in which the sources can be interleaved. */
    private static List<Said> merged(List<List<Said>> sources, Random random) {
        var queues = new ArrayList<Queue<Said>>();
        sources.forEach(source -> queues.add(new ArrayDeque<>(source)));
        var merged = new ArrayList<Said>();
        while (true) {
            queues.removeIf(Queue::isEmpty);
            if (queues.isEmpty()) {
                return merged;
            }
            merged.add(queues.get(random.nextInt(queues.size())).remove());
        }
    }

    /** Applies a life to an order and returns how it is shown, without its id. */
    private static String applied(UUID order, List<Said> life) {
        for (var said : life) {
            var json = MessageJson.write(said.event()).toString().replace(new UUID(0, 0).toString(), order.toString());
            var message = new Envelope(
                    said.messageId(),
                    said.source(),
                    MessageType.of(said.event().getClass()).toString(),
                    order.toString(),
                    NOON.plusSeconds(said.second()),
                    null,
                    order,
                    null,
                    null,
                    Buffer.buffer(json));
            node.as("tracking").run(Cause.none(), tx -> Tracking.apply(message, tx));
        }
        return node.ask(new TrackOrder(order), OrderView.class).toString().replace(order.toString(), "");
    }

    // Many orders

    @Test
    void pages_show_every_order_once_from_the_newest_to_the_oldest() {
        var customer = "pages-" + id;
        var ids = someOrders(customer, 7);

        var first = list(customer, 3, null);
        var second = list(customer, 3, first.next());
        var third = list(customer, 3, second.next());

        assertThat(first.orders()).hasSize(3);
        assertThat(third.next()).isNull();
        var seen = new ArrayList<UUID>();
        List.of(first, second, third).forEach(page -> page.orders().forEach(order -> seen.add(order.orderId())));
        assertThat(seen).containsExactlyElementsOf(ids);
    }

    @Test
    void a_page_that_is_exactly_full_is_the_last() {
        var customer = "full-" + id;
        someOrders(customer, 3);

        assertThat(list(customer, 3, null).next()).isNull();
    }

    @Test
    void a_customer_sees_no_orders_of_others() {
        someOrders("others-" + id, 2);
        var ids = someOrders("mine-" + id, 2);

        assertThat(list("mine-" + id, 200, null).orders())
                .extracting(OrderView::orderId)
                .containsExactlyElementsOf(ids);
    }

    @Test
    void without_a_customer_all_orders_are_listed() {
        someOrders("one-" + id, 1);
        someOrders("two-" + id, 1);

        assertThat(list(null, 200, null).orders())
                .extracting(OrderView::customerId)
                .contains("one-" + id, "two-" + id);
    }

    @Test
    void listed_orders_look_as_they_do_alone() {
        var customer = "alike-" + id;
        var orderId = someOrders(customer, 1).get(0);
        say(new StockReserved(orderId));

        assertThat(list(customer, 1, null).orders())
                .containsExactly(node.ask(new TrackOrder(orderId), OrderView.class));
    }

    @Test
    void a_customer_without_orders_has_an_empty_last_page() {
        assertThat(list("nobody-" + id, 10, null)).isEqualTo(new OrderList(List.of(), null));
    }

    @Test
    void a_page_has_1_to_200_orders() {
        for (int limit : List.of(-1, 0, 201)) {
            var refusal = refusal(() -> list(null, limit, null));
            assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
            assertThat(refusal.field()).isEqualTo("/limit");
        }
    }

    @Test
    void a_customer_that_cannot_be_is_refused() {
        assertThat(refusal(() -> list("a\0da", 1, null)).field()).isEqualTo("/customerId");
    }

    @Test
    void pages_and_histories_are_read_by_their_indexes() {
        var sql = node.sql("tracking");
        sql.execute("""
                insert into tracked_order (order_id, customer_id, amount, currency, lines)
                select gen_random_uuid(), 'crowd-' || n % 500, 1, 'EUR', '[]' from generate_series(1, 10000) n
                """);
        sql.execute("""
                insert into order_fact (order_id, message_id, type, at)
                select order_id, gen_random_uuid(), 'ordering.order-placed.v1', now() from tracked_order
                 where customer_id like 'crowd-%'
                """);
        sql.execute("analyze tracked_order, order_fact");
        var newest = new UUID(-1L, -1L);
        try {
            assertThat(plan(OrderTable.PAGE, newest, 50L))
                    .contains("tracked_order_pkey")
                    .doesNotContain("Seq Scan");
            assertThat(plan(OrderTable.PAGE_OF_CUSTOMER, newest, 50L, "crowd-7"))
                    .contains("tracked_order_customer")
                    .doesNotContain("Seq Scan");
            assertThat(plan(FactTable.OF_ORDERS, (Object) new UUID[] {id}))
                    .contains("order_fact_pkey")
                    .doesNotContain("Seq Scan");
        } finally {
            sql.execute("delete from order_fact where order_id in "
                    + "(select order_id from tracked_order where customer_id like 'crowd-%')");
            sql.execute("delete from tracked_order where customer_id like 'crowd-%'");
        }
    }

    private static String plan(String statement, Object... arguments) {
        return String.join("\n", node.sql("tracking").list("explain " + statement, row -> row.getString(0), arguments));
    }

    /** Ids of new orders, newest first; announced in no particular order. */
    private static List<UUID> someOrders(String customer, int count) {
        var ids = new ArrayList<UUID>();
        for (int i = 0; i < count; i++) {
            ids.add(Ids.next());
        }
        node.as("ordering").run(Cause.none(), tx -> ids.forEach(id -> tx.publish(placed(id, customer))));
        node.settled();
        ids.sort(Comparator.comparing(UUID::toString).reversed());
        return ids;
    }

    private static OrderPlaced placed(UUID orderId, String customer) {
        return new OrderPlaced(orderId, customer, LINES, PRICE, NOON);
    }

    /** Speaks as the source the event's type names, and waits until it is applied. */
    private static void say(Event event) {
        node.as(MessageType.of(event.getClass()).service()).run(Cause.none(), tx -> tx.publish(event));
        node.settled();
    }

    private OrderView track() {
        return node.ask(new TrackOrder(id), OrderView.class);
    }

    private static OrderList list(@Nullable String customer, int limit, @Nullable UUID after) {
        return node.ask(new ListOrders(customer, limit, after), OrderList.class);
    }

    private static Refusal refusal(ThrowingCallable request) {
        var refusal = catchThrowableOfType(Refusal.class, request);
        assertThat(refusal).as("refusal").isNotNull();
        return refusal;
    }
}
