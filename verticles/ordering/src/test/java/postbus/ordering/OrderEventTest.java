package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import postbus.messaging.MessageJson;
import postbus.ordering.OrderEvent.Cancelled;
import postbus.ordering.OrderEvent.Confirmed;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderEvent.Paid;
import postbus.ordering.OrderEvent.Shipped;
import postbus.ordering.OrderEvent.StopWanted;

/** What is in streams must be readable for ever. */
class OrderEventTest {
    @Test
    void every_event_has_a_name_to_be_stored_under() {
        assertThat(OrderEvent.TYPES.values())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(OrderEvent.class.getPermittedSubclasses())
                        .<Class<? extends OrderEvent>>map(type -> type.asSubclass(OrderEvent.class))
                        .toList());
    }

    @Test
    void events_come_back_from_json_as_they_were() {
        for (var event : List.<OrderEvent>of(
                Given.PLACED,
                new Confirmed(),
                new Paid(),
                new StopWanted(Reason.DEADLINE_PASSED),
                new Shipped(),
                new Cancelled(Reason.OUT_OF_STOCK),
                new DeadlineSet(Given.DEADLINE))) {
            assertThat(MessageJson.read(MessageJson.write(event), event.getClass()))
                    .isEqualTo(event);
        }
    }

    @Test
    void the_stored_form_of_an_event_stays_readable() {
        assertThat(MessageJson.write(Given.PLACED).toString())
                .isEqualTo("{\"orderId\":\"01930000-0000-7000-8000-000000000001\",\"customerId\":\"ada\","
                        + "\"lines\":[{\"sku\":\"espresso\",\"quantity\":2,"
                        + "\"unitPrice\":{\"amount\":250,\"currency\":\"EUR\"}}],"
                        + "\"total\":{\"amount\":500,\"currency\":\"EUR\"},\"paymentToken\":\"tok_visa\"}");
        assertThat(MessageJson.write(new Cancelled(Reason.OUT_OF_STOCK)).toString())
                .isEqualTo("{\"reason\":\"OUT_OF_STOCK\"}");
    }

    /** When this fails, the shape of the state has changed: raise the number, then pin the new shape here. */
    @Test
    void a_changed_shape_of_the_state_needs_a_new_schema_number() {
        assertThat(Order.SCHEMA).isEqualTo(1);
        assertThat(Arrays.stream(Order.class.getRecordComponents())
                        .map(part -> part.getGenericType().getTypeName() + " " + part.getName()))
                .containsExactly(
                        "java.util.UUID id",
                        "java.lang.String customerId",
                        "java.util.List<postbus.contracts.ordering.PricedLine> lines",
                        "postbus.contracts.Money total",
                        "java.lang.String paymentToken",
                        "postbus.ordering.Stage stage",
                        "postbus.ordering.Reason reason",
                        "postbus.ordering.Reason stopFor",
                        "java.util.UUID deadlineId");
    }

    @Test
    void an_order_comes_back_from_json_as_it_was() {
        for (var order : List.of(Given.placed(), Given.stopping(Reason.DEADLINE_PASSED), Given.cancelled())) {
            assertThat(MessageJson.read(MessageJson.write(order), Order.class)).isEqualTo(order);
        }
    }
}
