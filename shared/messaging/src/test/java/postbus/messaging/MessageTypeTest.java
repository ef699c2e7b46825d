package postbus.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTypeTest {
    @ParameterizedTest
    @ValueSource(strings = {"ordering.order-placed.v1", "a.b.v9999", "pay2.take-payment-3.v12"})
    void a_type_is_written_as_it_was_read(String text) {
        assertThat(MessageType.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ordering",
                "ordering.order-placed",
                "ordering.order-placed.v0",
                "ordering.order-placed.v01",
                "Ordering.order-placed.v1",
                "ordering.order_placed.v1",
                "ordering.-placed.v1",
                "ordering..v1",
                "ordering.a.b.v1",
                "ordering.order-placed.v1 ",
                "ordering.order-placed.v10000"
            })
    void anything_else_is_refused_with_the_text(String text) {
        assertThatThrownBy(() -> MessageType.parse(text)).hasMessageContaining("'" + text + "'");
    }

    @Test
    void a_class_without_a_type_cannot_be_sent() {
        assertThatThrownBy(() -> MessageType.of(String.class)).hasMessageContaining("java.lang.String has no @Type");
    }
}
