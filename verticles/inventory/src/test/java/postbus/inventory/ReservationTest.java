package postbus.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.Shortage;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReleased;
import postbus.contracts.inventory.StockReserved;
import postbus.inventory.Reservation.State;
import postbus.inventory.Reservation.Step;

class ReservationTest {
    private static final UUID ORDER = UUID.fromString("0190a000-0000-7000-8000-000000000001");
    private static final Shelves SHELVES = Shelves.of(List.of(new Shelf("beans", 10, 4), new Shelf("cups", 3, 0)));
    private static final List<OrderLine> PROMISED = List.of(new OrderLine("beans", 4));

    @Test
    void a_wish_that_can_be_filled_is_reserved() {
        var demand = demand(new OrderLine("cups", 3), new OrderLine("beans", 6));
        assertThat(Reservation.none(ORDER).reserve(demand, SHELVES))
                .contains(new Step(
                        State.NONE,
                        new Reservation(
                                ORDER, State.RESERVED, List.of(new OrderLine("beans", 6), new OrderLine("cups", 3))),
                        List.of(new Shelf("beans", 10, 10), new Shelf("cups", 3, 3)),
                        List.of(new StockReserved(ORDER))));
    }

    @Test
    void a_wish_that_can_be_filled_in_part_is_rejected_as_a_whole() {
        var demand = demand(new OrderLine("cups", 4), new OrderLine("beans", 6));
        assertThat(Reservation.none(ORDER).reserve(demand, SHELVES)).contains(rejection(new Shortage("cups", 4, 3)));
    }

    @Test
    void every_shortage_is_told_in_the_order_of_the_skus() {
        var demand = demand(new OrderLine("cups", 4), new OrderLine("beans", 7));
        assertThat(Reservation.none(ORDER).reserve(demand, SHELVES))
                .contains(rejection(new Shortage("beans", 7, 6), new Shortage("cups", 4, 3)));
    }

    @Test
    void of_an_unknown_sku_nothing_is_available() {
        assertThat(Reservation.none(ORDER).reserve(demand(new OrderLine("tea", 1)), SHELVES))
                .contains(rejection(new Shortage("tea", 1, 0)));
    }

    @Test
    void lines_of_the_same_sku_are_added_up() {
        var demand = demand(new OrderLine("cups", 2), new OrderLine("cups", 2));
        assertThat(Reservation.none(ORDER).reserve(demand, SHELVES)).contains(rejection(new Shortage("cups", 4, 3)));
        assertThat(demand(new OrderLine("cups", 2), new OrderLine("cups", 1)).lines())
                .containsExactly(new OrderLine("cups", 3));
    }

    @Test
    void lines_that_add_up_to_more_than_an_int_are_short() {
        var demand = demand(new OrderLine("cups", Integer.MAX_VALUE), new OrderLine("cups", Integer.MAX_VALUE));
        assertThat(Reservation.none(ORDER).reserve(demand, SHELVES))
                .contains(rejection(new Shortage("cups", Integer.MAX_VALUE, 3)));
    }

    @Test
    void lines_that_add_up_to_more_than_an_int_are_short_even_of_the_fullest_shelf() {
        var full = Shelves.of(List.of(new Shelf("cups", Integer.MAX_VALUE, 0)));
        var demand = demand(new OrderLine("cups", Integer.MAX_VALUE), new OrderLine("cups", 1));
        assertThat(Reservation.none(ORDER).reserve(demand, full))
                .contains(rejection(new Shortage("cups", Integer.MAX_VALUE, Integer.MAX_VALUE)));
    }

    @Test
    void a_released_reservation_is_available_again() {
        assertThat(in(State.RESERVED).release(SHELVES))
                .contains(new Step(
                        State.RESERVED,
                        in(State.RELEASED),
                        List.of(new Shelf("beans", 10, 0)),
                        List.of(new StockReleased(ORDER, PROMISED))));
    }

    @Test
    void a_shipped_reservation_has_left_the_shelf_without_a_word() {
        assertThat(in(State.RESERVED).ship(SHELVES))
                .contains(new Step(State.RESERVED, in(State.SHIPPED), List.of(new Shelf("beans", 6, 0)), List.of()));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void what_was_decided_once_is_not_decided_again(State state) {
        assertThat(in(state).reserve(demand(new OrderLine("cups", 1)), SHELVES)).isEmpty();
    }

    @Test
    void releasing_before_anything_is_reserved_is_remembered_and_not_told() {
        assertThat(Reservation.none(ORDER).release(SHELVES))
                .contains(
                        new Step(State.NONE, new Reservation(ORDER, State.RELEASED, List.of()), List.of(), List.of()));
    }

    @ParameterizedTest
    @EnumSource(names = {"REJECTED", "RELEASED", "SHIPPED"})
    void releasing_what_is_not_promised_changes_nothing(State state) {
        assertThat(in(state).release(SHELVES)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "RESERVED")
    void shipping_what_is_not_promised_changes_nothing(State state) {
        assertThat(in(state).ship(SHELVES)).isEqualTo(Optional.empty());
    }

    private static Reservation in(State state) {
        return new Reservation(ORDER, state, PROMISED);
    }

    private static Demand demand(OrderLine... lines) {
        return Demand.of(List.of(lines));
    }

    private static Step rejection(Shortage... shortages) {
        return new Step(
                State.NONE,
                new Reservation(ORDER, State.REJECTED, List.of()),
                List.of(),
                List.of(new StockRejected(ORDER, List.of(shortages))));
    }
}
