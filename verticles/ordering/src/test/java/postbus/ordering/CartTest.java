package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.contracts.ordering.Line;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.ordering.PricedLine;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.ordering.OrderEvent.Placed;

class CartTest {
    private static final Map<String, Money> PRICES = Map.of(
            "espresso", new Money(250, "EUR"),
            "grinder", new Money(19_900, "EUR"),
            "kettle", new Money(4_500, "USD"),
            "palace", new Money(Long.MAX_VALUE, "EUR"));

    @Test
    void an_order_costs_the_sum_of_its_lines() {
        var placed = place(new Line("grinder", 1), new Line("espresso", 3));

        assertThat(placed.total()).isEqualTo(new Money(20_650, "EUR"));
    }

    @Test
    void lines_keep_the_price_they_were_ordered_at() {
        assertThat(place(new Line("espresso", 3)).lines())
                .containsExactly(new PricedLine("espresso", 3, new Money(250, "EUR")));
    }

    @Test
    void lines_of_one_product_become_one_at_the_place_of_the_first() {
        var placed = place(new Line("espresso", 1), new Line("grinder", 1), new Line("espresso", 2));

        assertThat(placed.lines())
                .extracting(PricedLine::sku, PricedLine::quantity)
                .containsExactly(tuple("espresso", 3), tuple("grinder", 1));
    }

    @Test
    void the_payment_token_is_kept() {
        var cart = Cart.of(new PlaceOrder("ada", List.of(new Line("espresso", 1)), "tok_visa"));

        assertThat(cart.place(Given.ID, PRICES).paymentToken()).isEqualTo("tok_visa");
    }

    @Test
    void an_unknown_product_is_refused_at_the_line_that_names_it_first() {
        assertRefused("/lines/1/sku", new Line("espresso", 1), new Line("unicorn", 1), new Line("espresso", 1));
        assertRefused("/lines/2/sku", new Line("espresso", 1), new Line("espresso", 1), new Line("unicorn", 1));
    }

    @Test
    void an_order_without_lines_is_refused() {
        assertRefused("/lines");
        assertRefused("/lines", new PlaceOrder("ada", null, null));
    }

    @Test
    void a_hundred_lines_are_taken_and_one_more_is_refused() {
        assertThat(place(lines(100)).lines()).hasSize(1);
        assertRefused("/lines", lines(101));
    }

    @Test
    void a_line_that_is_null_is_refused() {
        assertRefused("/lines/1", new PlaceOrder("ada", Arrays.asList(new Line("espresso", 1), null), null));
    }

    @Test
    void two_currencies_in_one_order_are_refused() {
        assertRefused("/lines", new Line("espresso", 1), new Line("kettle", 1));
    }

    @Test
    void a_total_that_is_too_large_is_refused() {
        assertRefused("/lines", new Line("palace", 2));
        assertRefused("/lines", new Line("palace", 1), new Line("espresso", 1));
    }

    @Test
    void more_pieces_than_can_be_counted_are_refused() {
        assertRefused("/lines/1/quantity", new Line("espresso", Integer.MAX_VALUE), new Line("espresso", 1));
    }

    @Test
    void a_customer_must_be_named() {
        for (var customer : Arrays.asList(null, "", " ", "x".repeat(256), "a\u0000da", "\ud800")) {
            assertRefused("/customerId", new PlaceOrder(customer, List.of(new Line("espresso", 1)), null));
        }
    }

    @Test
    void a_payment_token_is_not_blank_and_not_longer_than_255() {
        for (var token : List.of("", " ", "x".repeat(256))) {
            assertRefused("/paymentToken", new PlaceOrder("ada", List.of(new Line("espresso", 1)), token));
        }
    }

    private static Line[] lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Line("espresso", 1)).toArray(Line[]::new);
    }

    private static Placed place(Line... lines) {
        return place(new PlaceOrder("ada", List.of(lines), null));
    }

    private static Placed place(PlaceOrder wish) {
        return Cart.of(wish).place(Given.ID, PRICES);
    }

    private static void assertRefused(String field, Line... lines) {
        assertRefused(field, new PlaceOrder("ada", List.of(lines), null));
    }

    private static void assertRefused(String field, PlaceOrder wish) {
        var refusal = catchThrowableOfType(Refusal.class, () -> place(wish));
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
        assertThat(refusal.field()).isEqualTo(field);
    }
}
