package postbus.tracking;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code order_fact}. */
final class FactTable {
    /** A fact that is there already stays, so that events can be applied again from the beginning. */
    private static final String ADD = """
            insert into order_fact (order_id, message_id, type, at, reason)
            values ($1, $2, $3, $4, $5)
                on conflict (order_id, message_id) do nothing
            """;

    /** No limit of rows: an order has about a dozen, and a page at most 200 orders. */
    static final String OF_ORDERS = """
            select order_id, message_id, type, at, reason
              from order_fact
             where order_id = any ($1)
             order by order_id, message_id
            """;

    private record Row(UUID orderId, Fact fact) {}

    private FactTable() {}

    static void add(Sql sql, UUID orderId, Fact fact) {
        sql.update(ADD, orderId, fact.messageId(), fact.type(), fact.at().atOffset(ZoneOffset.UTC), fact.reason());
    }

    /** By order; orders without facts are not in it. */
    static Map<UUID, List<Fact>> ofOrders(Sql sql, List<UUID> orderIds) {
        var rows = sql.list(
                OF_ORDERS,
                row -> new Row(
                        row.getUUID("order_id"),
                        new Fact(
                                row.getUUID("message_id"),
                                row.getString("type"),
                                row.getOffsetDateTime("at").toInstant(),
                                row.getString("reason"))),
                (Object) orderIds.toArray(UUID[]::new));
        return rows.stream().collect(groupingBy(Row::orderId, mapping(Row::fact, toList())));
    }
}
