package postbus.tracking;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.PricedLine;
import postbus.messaging.MessageJson;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code tracked_order}. */
final class OrderTable {
    private static final String ADD = """
            insert into tracked_order (order_id, customer_id, amount, currency, lines)
            values ($1, $2, $3, $4, $5::text::jsonb)
                on conflict (order_id) do nothing
            """;

    private static final String FIND = """
            select order_id, customer_id, amount, currency, lines::text as lines
              from tracked_order
             where order_id = $1
            """;

    static final String PAGE = """
            select order_id, customer_id, amount, currency, lines::text as lines
              from tracked_order
             where order_id < $1
             order by order_id desc
             limit $2
            """;

    static final String PAGE_OF_CUSTOMER = """
            select order_id, customer_id, amount, currency, lines::text as lines
              from tracked_order
             where customer_id = $3 and order_id < $1
             order by order_id desc
             limit $2
            """;

    /** Greater than every id there can be. */
    private static final UUID NEWEST = new UUID(-1L, -1L);

    /** What was ordered. */
    record Ordered(UUID orderId, String customerId, Money total, List<PricedLine> lines) {}

    private OrderTable() {}

    static void add(Sql sql, OrderPlaced event) {
        sql.update(
                ADD,
                event.orderId(),
                event.customerId(),
                event.total().amount(),
                event.total().currency(),
                MessageJson.write(event.lines()).toString());
    }

    static Optional<Ordered> find(Sql sql, UUID orderId) {
        return sql.find(FIND, OrderTable::ordered, orderId);
    }

    /**
     * At most so many orders, newest first.
     *
     * @param customerId only those of this customer; null for all
     * @param after only older ones than this; null to begin with the newest
     */
    static List<Ordered> page(Sql sql, @Nullable String customerId, @Nullable UUID after, int limit) {
        var before = after == null ? NEWEST : after;
        return customerId == null
                ? sql.list(PAGE, OrderTable::ordered, before, (long) limit)
                : sql.list(PAGE_OF_CUSTOMER, OrderTable::ordered, before, (long) limit, customerId);
    }

    private static Ordered ordered(Row row) {
        return new Ordered(
                row.getUUID("order_id"),
                row.getString("customer_id"),
                new Money(row.getLong("amount"), row.getString("currency")),
                List.of(MessageJson.read(Buffer.buffer(row.getString("lines")), PricedLine[].class)));
    }
}
