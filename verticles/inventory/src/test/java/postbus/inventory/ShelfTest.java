package postbus.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import postbus.contracts.inventory.StockLevel;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

class ShelfTest {
    private static final Shelf SHELF = new Shelf("espresso", 10, 4);

    @Test
    void what_is_not_promised_is_available() {
        assertThat(SHELF.level()).isEqualTo(new StockLevel("espresso", 10, 4, 6));
    }

    @Test
    void reserving_promises_more_of_the_same_pieces() {
        assertThat(SHELF.reserve(6)).isEqualTo(new Shelf("espresso", 10, 10));
    }

    @Test
    void releasing_promises_less_of_the_same_pieces() {
        assertThat(SHELF.release(4)).isEqualTo(new Shelf("espresso", 10, 0));
    }

    @Test
    void shipping_takes_promised_pieces_off_the_shelf() {
        assertThat(SHELF.ship(3)).isEqualTo(new Shelf("espresso", 7, 1));
    }

    @Test
    void receiving_adds_available_pieces() {
        assertThat(SHELF.receive(5)).isEqualTo(new Shelf("espresso", 15, 4));
    }

    @Test
    void more_than_what_is_there_cannot_be_promised() {
        assertThatIllegalArgumentException().isThrownBy(() -> SHELF.reserve(7));
    }

    @Test
    void promising_does_not_overflow() {
        assertThatThrownBy(() -> SHELF.reserve(Integer.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void more_than_what_is_promised_can_neither_be_released_nor_shipped() {
        assertThatIllegalArgumentException().isThrownBy(() -> SHELF.release(5));
        assertThatIllegalArgumentException().isThrownBy(() -> SHELF.ship(5));
    }

    @Test
    void a_shelf_can_be_filled_to_the_largest_number() {
        assertThat(SHELF.receive(Integer.MAX_VALUE - 10).onHand()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void a_delivery_that_a_shelf_cannot_count_is_refused() {
        var refusal = catchThrowableOfType(Refusal.class, () -> SHELF.receive(Integer.MAX_VALUE - 9));
        assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
        assertThat(refusal.field()).isEqualTo("/quantity");
    }
}
