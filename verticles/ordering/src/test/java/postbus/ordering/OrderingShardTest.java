package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.GetOrder;
import postbus.contracts.ordering.Line;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PlaceOrder;
import postbus.messaging.Shards;
import postbus.messaging.transaction.Cause;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** One of two shards of ordering, running. */
class OrderingShardTest {
    private static final Shards SHARDS = Shards.parse(List.of("ordering:2"), InstantSource.system());
    private static final String SHARD = "ordering-1";

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                Map.of("SHARDS", "ordering:2", "SHARD", "1", "STOCK_DEADLINE", "PT1H"), OrderingMain.SERVICE);
        node.as("catalog")
                .run(Cause.none(), tx -> tx.publish(new ProductDefined("espresso", "Espresso", new Money(250, "EUR"))));
        Await.until(
                "products are known",
                Duration.ofSeconds(10),
                () -> node.sql(SHARD)
                        .find("select sku from product", row -> row.getString("sku"))
                        .isPresent());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void an_order_is_placed_in_the_shard_of_its_customer_and_found_there_by_its_id_alone() {
        for (int n = 0; n < 5; n++) {
            var id = place();
            assertThat(SHARDS.owns(SHARD, id.toString())).isTrue();
            assertThat(node.ask(new GetOrder(id), OrderView.class).status()).isEqualTo("placed");
        }
    }

    @Test
    void its_messages_have_the_shard_as_their_source_and_what_it_sends_itself_comes_back_to_it() {
        var id = place();

        assertThat(node.messages(SHARD))
                .filteredOn(message -> message.key().equals(id.toString()))
                .extracting(message -> message.source() + " " + message.type() + " to " + message.recipient())
                .containsExactly(
                        SHARD + " ordering.order-placed.v1 to null",
                        SHARD + " inventory.reserve-stock.v1 to inventory");
        assertThat(node.sql(SHARD)
                        .list("select recipient from scheduled where key = $1", row -> row.getString(0), id.toString()))
                .containsExactly(SHARD);
    }

    @Test
    void it_takes_what_is_said_about_its_own_orders_and_passes_over_the_others() {
        var id = place();
        var others = IntStream.iterate(0, n -> n + 1)
                .mapToObj(n -> new UUID(0x7000, n))
                .filter(other -> !SHARDS.owns(SHARD, other.toString()))
                .findFirst()
                .orElseThrow();
        node.as("inventory").run(Cause.none(), tx -> {
            tx.publish(new StockReserved(others));
            tx.publish(new StockReserved(id));
        });

        node.awaitMessage(SHARD, OrderConfirmed.class, event -> event.orderId().equals(id));
        node.settled();
        assertThat(node.messages(SHARD, OrderConfirmed.class))
                .extracting(OrderConfirmed::orderId)
                .doesNotContain(others);
    }

    private static UUID place() {
        var customer = IntStream.iterate(0, n -> n + 1)
                .mapToObj(n -> "customer-" + n)
                .filter(name -> SHARDS.owns(SHARD, name))
                .findFirst()
                .orElseThrow();
        return node.ask(new PlaceOrder(customer, List.of(new Line("espresso", 1)), null), OrderAccepted.class)
                .orderId();
    }
}
