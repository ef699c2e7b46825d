package postbus.shipping;

import io.vertx.sqlclient.Row;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.UUID;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.transaction.Transaction;

/** Reads and writes {@code dispatch}. */
final class DispatchTable {
    private static final String LOCK = """
            select order_id, state, command_id from dispatch where order_id = $1 for update
            """;

    private static final String INSERT = """
            insert into dispatch (order_id, state, command_id, tracking_number, changed_at)
            values ($1, $2, $3, $4, $5)
                on conflict (order_id) do nothing
            """;

    private static final String UPDATE = """
            update dispatch
               set state = $2, command_id = $3, tracking_number = $4, changed_at = $5
             where order_id = $1
            """;

    private DispatchTable() {}

    /** The order as it stays until the transaction ends; {@link Dispatch#unknown} when there is no row. */
    static Dispatch lock(Transaction tx, UUID orderId) {
        return tx.find(LOCK, DispatchTable::dispatch, orderId).orElseGet(() -> Dispatch.unknown(orderId));
    }

    /**
     * Writes what became of a locked order; {@link ConcurrentChange} when it was unknown and another transaction wrote
     * it first.
     */
    static void write(Transaction tx, Dispatch before, Dispatch after) {
        var statement = before.isUnknown() ? INSERT : UPDATE;
        var changed = tx.update(
                statement,
                after.orderId(),
                after.state().name().toLowerCase(Locale.ROOT),
                after.commandId(),
                after.state() == Dispatch.State.DISPATCHED ? TrackingNumber.of(after.orderId()) : null,
                tx.now().atOffset(ZoneOffset.UTC));
        if (changed == 0) {
            throw new ConcurrentChange("dispatch of " + after.orderId() + " was " + before.state() + " and is not now");
        }
    }

    private static Dispatch dispatch(Row row) {
        return new Dispatch(
                row.getUUID("order_id"),
                Dispatch.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getUUID("command_id"));
    }
}
