package postbus.bench.work;

import java.time.Instant;
import java.util.UUID;
import postbus.bench.subject.Order;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** The message of the work, as Postbus has it. */
@Type("sales.order-taken.v1")
public record OrderTaken(
        int number, UUID messageId, UUID orderId, int customer, int amount, Instant created, String note)
        implements Event {
    public static OrderTaken of(int number) {
        return of(Order.of(number));
    }

    static OrderTaken of(Order order) {
        return new OrderTaken(
                order.number(),
                order.messageId(),
                order.orderId(),
                order.customer(),
                order.amount(),
                order.created(),
                order.note());
    }

    Order order() {
        return new Order(number, messageId, orderId, customer, amount, created, note);
    }

    @Override
    public String key() {
        return orderId.toString();
    }
}
