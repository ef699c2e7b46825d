package postbus.inventory;

import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import postbus.contracts.inventory.OrderLine;
import postbus.inventory.Reservation.State;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.transaction.Transaction;

/** Reads and writes {@code reservation} and its {@code reservation_line}. */
final class ReservationTable {
    /** One row a line, in the order of the skus; one row without a sku when there are no lines. */
    private static final String LOCK = """
            select r.state, l.sku, l.quantity
              from reservation r
              left join reservation_line l on l.order_id = r.order_id
             where r.order_id = $1
             order by l.sku
               for update of r
            """;

    private static final String INSERT = """
            insert into reservation (order_id, state, changed_at)
            values ($1, $2, $3)
                on conflict (order_id) do nothing
            """;

    private static final String INSERT_LINES = """
            insert into reservation_line (order_id, sku, quantity)
            select $1, n.sku, n.quantity
              from unnest($2::text[], $3::integer[]) as n (sku, quantity)
            """;

    private static final String UPDATE = """
            update reservation set state = $2, changed_at = $3 where order_id = $1
            """;

    private ReservationTable() {}

    /** The reservation as it stays until the transaction ends; {@link Reservation#none} when there is no row. */
    static Reservation lock(Transaction tx, UUID orderId) {
        var lines = new ArrayList<OrderLine>();
        var state = State.NONE;
        for (var row : tx.execute(LOCK, orderId)) {
            state = State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
            var sku = row.getString("sku");
            if (sku != null) {
                lines.add(new OrderLine(sku, row.getInteger("quantity")));
            }
        }
        return new Reservation(orderId, state, List.copyOf(lines));
    }

    /** Writes a locked reservation; lines are written when it is new, and stay. */
    static void write(Transaction tx, Reservation.Step step) {
        var reservation = step.reservation();
        var now = tx.now().atOffset(ZoneOffset.UTC);
        var state = reservation.state().name().toLowerCase(Locale.ROOT);
        if (step.from() != State.NONE) {
            tx.write(UPDATE, reservation.orderId(), state, now);
            return;
        }
        if (tx.update(INSERT, reservation.orderId(), state, now) == 0) {
            throw new ConcurrentChange("reservation " + reservation.orderId() + " was not there and now is");
        }
        insertLines(tx, reservation);
    }

    private static void insertLines(Transaction tx, Reservation reservation) {
        var lines = reservation.lines();
        if (!lines.isEmpty()) {
            tx.write(
                    INSERT_LINES,
                    Tuple.of(reservation.orderId())
                            .addArrayOfString(lines.stream().map(OrderLine::sku).toArray(String[]::new))
                            .addArrayOfInteger(
                                    lines.stream().map(OrderLine::quantity).toArray(Integer[]::new)));
        }
    }
}
