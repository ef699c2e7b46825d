package postbus.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class TrackingNumberTest {
    @Test
    void it_has_27_letters_and_digits_whatever_the_order() {
        assertThat(TrackingNumber.of(new UUID(0, 0))).isEqualTo("PB0000000000000000000000000");
        assertThat(TrackingNumber.of(new UUID(-1, -1))).matches("PB[0-9A-Z]{25}");
        assertThat(TrackingNumber.of(UUID.randomUUID())).matches("PB[0-9A-Z]{25}");
    }

    @Test
    void an_order_always_has_the_same() {
        var order = UUID.randomUUID();
        assertThat(TrackingNumber.of(order)).isEqualTo(TrackingNumber.of(order));
    }

    @Test
    void neighbouring_orders_have_different_ones() {
        assertThat(TrackingNumber.of(new UUID(7, 1))).isNotEqualTo(TrackingNumber.of(new UUID(7, 2)));
        assertThat(TrackingNumber.of(new UUID(1, 7))).isNotEqualTo(TrackingNumber.of(new UUID(2, 7)));
    }
}
