package postbus.bench.work;

import java.time.Instant;
import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** The message of the work: about 300 bytes. */
@Type("sales.order-taken.v1")
public record OrderTaken(
        int number, UUID messageId, UUID orderId, int customer, int amount, Instant created, String note)
        implements Event {
    private static final String NOTE = "n".repeat(110);

    public static OrderTaken of(int number) {
        return new OrderTaken(
                number, UUID.randomUUID(), UUID.randomUUID(), number % 1_000, number % 997, Instant.now(), NOTE);
    }

    @Override
    public String key() {
        return orderId.toString();
    }
}
