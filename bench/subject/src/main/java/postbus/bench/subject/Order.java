package postbus.bench.subject;

import java.time.Instant;
import java.util.UUID;

/**
 * An order, and the message about it: about 300 bytes as JSON.
 *
 * @param number from 0 in the order of sending; negative where nobody waits for the effect
 * @param note makes up the size
 */
public record Order(int number, UUID messageId, UUID orderId, int customer, int amount, Instant created, String note) {
    /** The business, in one row; parameters are {@code orderId, customer, amount, created}. */
    public static final String INSERT = """
            insert into sales.orders (id, customer, amount, created) values (?, ?, ?, ?)
            """;

    /** The effect, in one row; parameters are {@code messageId, orderId}. A message that takes effect twice fails. */
    public static final String HANDLE = """
            insert into effects.handled (message_id, order_id, at) values (?, ?, now())
            """;

    private static final String NOTE = "n".repeat(110);

    public static Order of(int number) {
        return new Order(
                number,
                UUID.randomUUID(),
                UUID.randomUUID(),
                Math.floorMod(number, 1_000),
                Math.floorMod(number, 997),
                Instant.now(),
                NOTE);
    }
}
