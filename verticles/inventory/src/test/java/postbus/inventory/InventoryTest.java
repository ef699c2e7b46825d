package postbus.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.pgclient.PgException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.inventory.GetStock;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.ReceiveStock;
import postbus.contracts.inventory.ReleaseStock;
import postbus.contracts.inventory.ReserveStock;
import postbus.contracts.inventory.Shortage;
import postbus.contracts.inventory.StockLevel;
import postbus.contracts.inventory.StockReceived;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReleased;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.OrderShipped;
import postbus.messaging.Envelope;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.testkit.TestNode;

class InventoryTest {
    /** Cursors pass over messages of others when they are announced: often, since most tests here wait for that. */
    private static final TestNode node = TestNode.start(Map.of("ANNOUNCE_EVERY", "PT0.1S"), InventoryMain.SERVICE);

    /** Shelves whose count differs from what their reservations add up to. */
    private static final String MISCOUNTED = """
            select s.sku
              from shelf s
              left join (select l.sku, sum(l.quantity) as promised
                           from reservation_line l join reservation r using (order_id)
                          where r.state = 'reserved'
                          group by l.sku) as p using (sku)
             where s.reserved <> coalesce(p.promised, 0)
             order by s.sku
            """;

    @AfterAll
    static void close() {
        try {
            assertThat(node.sql("inventory").list(MISCOUNTED, row -> row.getString("sku")))
                    .isEmpty();
        } finally {
            node.close();
        }
    }

    @Test
    void a_defined_product_has_an_empty_shelf() {
        define("defined");
        assertThat(stock("defined")).isEqualTo(level("defined", 0, 0));
    }

    @Test
    void a_product_defined_again_keeps_what_is_on_its_shelf() {
        stocked("redefined", 5);
        define("redefined");
        assertThat(stock("redefined")).isEqualTo(level("redefined", 5, 0));
    }

    @Test
    void received_goods_are_on_the_shelf_and_told() {
        define("received");
        assertThat(receive("received", 5)).isEqualTo(level("received", 5, 0));
        assertThat(receive("received", 2)).isEqualTo(level("received", 7, 0));
        assertThat(stock("received")).isEqualTo(level("received", 7, 0));
        assertThat(node.messages("inventory", StockReceived.class))
                .filteredOn(event -> event.sku().equals("received"))
                .containsExactly(new StockReceived("received", 5), new StockReceived("received", 2));
    }

    @Test
    void a_delivery_repeated_under_its_key_is_added_once() {
        define("repeated");
        var delivery = new ReceiveStock("repeated", 5);
        node.ask(delivery, StockLevel.class, "delivery-1");
        assertThat(node.ask(delivery, StockLevel.class, "delivery-1")).isEqualTo(level("repeated", 5, 0));
        assertThat(stock("repeated")).isEqualTo(level("repeated", 5, 0));
    }

    @Test
    void a_delivery_asked_for_many_times_at_once_under_one_key_is_added_once() {
        define("stormed");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 20)
                    .mapToObj(nth -> CompletableFuture.supplyAsync(
                            () -> node.ask(new ReceiveStock("stormed", 5), StockLevel.class, "storm"), threads))
                    .toList()
                    .forEach(asked -> assertThat(asked.join()).isEqualTo(level("stormed", 5, 0)));
        }
        assertThat(stock("stormed")).isEqualTo(level("stormed", 5, 0));
    }

    @Test
    void a_delivery_of_an_unknown_product_is_refused() {
        var refusal = refusal(() -> receive("unknown", 1));
        assertThat(refusal.problem()).isEqualTo(Problem.NOT_FOUND);
        assertThat(refusal.field()).isEqualTo("/sku");
    }

    @Test
    void a_delivery_that_a_shelf_cannot_count_is_refused() {
        stocked("full", Integer.MAX_VALUE);
        var refusal = refusal(() -> receive("full", 1));
        assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
        assertThat(refusal.field()).isEqualTo("/quantity");
        assertThat(stock("full")).isEqualTo(level("full", Integer.MAX_VALUE, 0));
    }

    @Test
    void the_stock_of_an_unknown_product_is_refused() {
        var refusal = refusal(() -> stock("unknown"));
        assertThat(refusal.problem()).isEqualTo(Problem.NOT_FOUND);
        assertThat(refusal.field()).isEqualTo("/sku");
    }

    @Test
    void a_reserved_order_has_all_its_pieces_promised() {
        stocked("res-a", 5);
        stocked("res-b", 5);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("res-b", 2), new OrderLine("res-a", 1), new OrderLine("res-b", 1));
        assertThat(typesTold(order)).containsExactly("inventory.stock-reserved.v1");
        assertThat(stock("res-a")).isEqualTo(level("res-a", 5, 1));
        assertThat(stock("res-b")).isEqualTo(level("res-b", 5, 3));
    }

    @Test
    void a_rejected_order_has_nothing_promised() {
        stocked("rej-a", 5);
        stocked("rej-b", 1);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("rej-a", 2), new OrderLine("rej-b", 2), new OrderLine("rej-unknown", 1));
        assertThat(node.awaitMessage(
                        "inventory",
                        StockRejected.class,
                        event -> event.orderId().equals(order)))
                .isEqualTo(new StockRejected(
                        order, List.of(new Shortage("rej-b", 2, 1), new Shortage("rej-unknown", 1, 0))));
        assertThat(stock("rej-a")).isEqualTo(level("rej-a", 5, 0));
    }

    @Test
    void a_wish_that_comes_again_is_neither_filled_nor_told_again() {
        stocked("again", 5);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("again", 2));
        reserve(order, new OrderLine("again", 2));
        assertThat(typesTold(order)).containsExactly("inventory.stock-reserved.v1");
        assertThat(stock("again")).isEqualTo(level("again", 5, 2));
    }

    @Test
    void a_rejected_wish_that_comes_again_stays_rejected_though_goods_arrived() {
        stocked("late", 1);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("late", 2));
        receive("late", 5);
        reserve(order, new OrderLine("late", 2));
        assertThat(typesTold(order)).containsExactly("inventory.stock-rejected.v1");
        assertThat(stock("late")).isEqualTo(level("late", 6, 0));
    }

    @Test
    void released_pieces_are_available_again() {
        stocked("rel-a", 5);
        stocked("rel-b", 5);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("rel-b", 2), new OrderLine("rel-a", 1));
        release(order);
        assertThat(node.awaitMessage(
                        "inventory",
                        StockReleased.class,
                        event -> event.orderId().equals(order)))
                .isEqualTo(new StockReleased(order, List.of(new OrderLine("rel-a", 1), new OrderLine("rel-b", 2))));
        assertThat(stock("rel-a")).isEqualTo(level("rel-a", 5, 0));
        assertThat(stock("rel-b")).isEqualTo(level("rel-b", 5, 0));
    }

    @Test
    void pieces_are_released_once() {
        stocked("once", 5);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("once", 2));
        release(order);
        reserve(UUID.randomUUID(), new OrderLine("once", 4));
        release(order);
        assertThat(typesTold(order)).containsExactly("inventory.stock-reserved.v1", "inventory.stock-released.v1");
        assertThat(stock("once")).isEqualTo(level("once", 5, 4));
    }

    @Test
    void releasing_a_rejected_order_says_nothing() {
        define("short");
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("short", 1));
        release(order);
        assertThat(typesTold(order)).containsExactly("inventory.stock-rejected.v1");
    }

    @Test
    void nothing_is_promised_to_an_order_that_was_released_before() {
        stocked("early", 5);
        var order = UUID.randomUUID();
        release(order);
        reserve(order, new OrderLine("early", 1));
        assertThat(typesTold(order)).isEmpty();
        assertThat(stock("early")).isEqualTo(level("early", 5, 0));
    }

    @Test
    void shipped_pieces_leave_the_shelf() {
        stocked("ship-a", 5);
        stocked("ship-b", 5);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("ship-a", 1), new OrderLine("ship-b", 2));
        ship(order);
        assertThat(stock("ship-a")).isEqualTo(level("ship-a", 4, 0));
        assertThat(stock("ship-b")).isEqualTo(level("ship-b", 3, 0));
    }

    @Test
    void pieces_leave_once_and_do_not_come_back_by_a_release() {
        stocked("left", 5);
        var order = UUID.randomUUID();
        reserve(order, new OrderLine("left", 2));
        ship(order);
        ship(order);
        release(order);
        assertThat(typesTold(order)).containsExactly("inventory.stock-reserved.v1");
        assertThat(stock("left")).isEqualTo(level("left", 3, 0));
    }

    @Test
    void an_order_without_a_reservation_takes_nothing_off_the_shelf() {
        stocked("stays", 5);
        var order = UUID.randomUUID();
        ship(order);
        reserve(order, new OrderLine("stays", 1));
        assertThat(stock("stays")).isEqualTo(level("stays", 5, 1));
    }

    @Test
    void of_two_orders_racing_for_the_last_pieces_one_is_reserved() {
        stocked("last", 2);
        var orders = List.of(UUID.randomUUID(), UUID.randomUUID());
        atOnce(orders, (order, tx) -> tx.send(new ReserveStock(order, List.of(new OrderLine("last", 2)))));
        node.settled();
        assertThat(orders.stream().flatMap(order -> typesTold(order).stream()))
                .containsExactlyInAnyOrder("inventory.stock-reserved.v1", "inventory.stock-rejected.v1");
        assertThat(stock("last")).isEqualTo(level("last", 2, 2));
    }

    @Test
    void orders_that_want_the_same_shelves_in_any_order_get_exactly_what_is_there() {
        var skus = Stream.of("mix-a", "mix-b", "mix-c", "mix-d").toList();
        skus.forEach(sku -> stocked(sku, 30));
        var random = new Random(20_261_124);
        var lines = new ArrayList<List<OrderLine>>();
        for (int nth = 0; nth < 100; nth++) {
            var wanted = new ArrayList<>(
                    skus.stream().map(sku -> new OrderLine(sku, 1)).toList());
            Collections.shuffle(wanted, random);
            lines.add(wanted);
        }
        var orders = lines.stream().map(wanted -> UUID.randomUUID()).toList();
        atOnce(orders, (order, tx) -> tx.send(new ReserveStock(order, lines.get(orders.indexOf(order)))));
        node.settled();
        assertThat(node.messages("inventory", StockReserved.class))
                .filteredOn(event -> orders.contains(event.orderId()))
                .hasSize(30);
        assertThat(node.messages("inventory", StockRejected.class))
                .filteredOn(event -> orders.contains(event.orderId()))
                .hasSize(70);
        assertThat(skus).allSatisfy(sku -> assertThat(stock(sku)).isEqualTo(level(sku, 30, 30)));
    }

    @Test
    void the_database_itself_refuses_to_promise_more_than_is_there() {
        stocked("guarded", 1);
        assertThatThrownBy(() -> node.sql("inventory").execute("update shelf set reserved = 2 where sku = 'guarded'"))
                .isInstanceOf(PgException.class)
                .hasMessageContaining("shelf_promises_only_what_is_there");
    }

    private static void define(String sku) {
        node.as("catalog")
                .run(Cause.none(), tx -> tx.publish(new ProductDefined(sku, "Some " + sku, new Money(100, "EUR"))));
        node.settled();
    }

    private static void stocked(String sku, int quantity) {
        define(sku);
        receive(sku, quantity);
    }

    private static StockLevel receive(String sku, int quantity) {
        return node.ask(new ReceiveStock(sku, quantity), StockLevel.class);
    }

    private static void reserve(UUID order, OrderLine... lines) {
        ordering(tx -> tx.send(new ReserveStock(order, List.of(lines))));
    }

    private static void release(UUID order) {
        ordering(tx -> tx.send(new ReleaseStock(order)));
    }

    private static void ship(UUID order) {
        ordering(tx -> tx.publish(new OrderShipped(order, Instant.parse("2026-01-01T00:00:00Z"))));
    }

    private static void ordering(Consumer<Transaction> says) {
        node.as("ordering").run(Cause.none(), says);
        node.settled();
    }

    private static void atOnce(List<UUID> orders, BiConsumer<UUID, Transaction> says) {
        var ordering = node.as("ordering");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            orders.stream()
                    .map(order -> CompletableFuture.runAsync(
                            () -> ordering.run(Cause.none(), tx -> says.accept(order, tx)), threads))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
    }

    private static List<String> typesTold(UUID order) {
        return node.messages("inventory").stream()
                .filter(message -> message.key().equals(order.toString()))
                .map(Envelope::type)
                .toList();
    }

    private static StockLevel stock(String sku) {
        return node.ask(new GetStock(sku), StockLevel.class);
    }

    private static StockLevel level(String sku, int onHand, int reserved) {
        return new StockLevel(sku, onHand, reserved, onHand - reserved);
    }

    private static Refusal refusal(Runnable work) {
        return catchThrowableOfType(Refusal.class, work::run);
    }
}
