package postbus.inventory;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/** Reads and writes {@code shelf}. */
final class ShelfTable {
    private static final String OPEN = """
            insert into shelf (sku, on_hand, reserved) values ($1, 0, 0) on conflict (sku) do nothing
            """;

    private static final String FIND = """
            select sku, on_hand, reserved from shelf where sku = $1
            """;

    /** The order of locking is the same for everybody, so that transactions queue up instead of deadlocking. */
    private static final String LOCK = """
            select sku, on_hand, reserved from shelf where sku = any($1::text[]) order by sku for update
            """;

    private static final String UPDATE = """
            update shelf
               set on_hand = n.on_hand, reserved = n.reserved
              from unnest($1::text[], $2::integer[], $3::integer[]) as n (sku, on_hand, reserved)
             where shelf.sku = n.sku
            """;

    private ShelfTable() {}

    /** Makes an empty shelf; one that is there stays as it is. */
    static void open(Transaction tx, String sku) {
        tx.write(OPEN, sku);
    }

    static Optional<Shelf> find(Sql sql, String sku) {
        return sql.find(FIND, ShelfTable::shelf, sku);
    }

    /** The shelves that exist of these, as they stay until the transaction ends. */
    static Shelves lock(Transaction tx, List<String> skus) {
        if (skus.isEmpty()) {
            return Shelves.of(List.of());
        }
        return Shelves.of(tx.list(LOCK, ShelfTable::shelf, (Object) skus.toArray(String[]::new)));
    }

    /** The shelf, if it exists, as it stays until the transaction ends. */
    static Optional<Shelf> lock(Transaction tx, String sku) {
        return Optional.ofNullable(lock(tx, List.of(sku)).bySku().get(sku));
    }

    /** Writes locked shelves. */
    static void update(Transaction tx, List<Shelf> shelves) {
        if (shelves.isEmpty()) {
            return;
        }
        var row = Tuple.tuple()
                .addArrayOfString(shelves.stream().map(Shelf::sku).toArray(String[]::new))
                .addArrayOfInteger(shelves.stream().map(Shelf::onHand).toArray(Integer[]::new))
                .addArrayOfInteger(shelves.stream().map(Shelf::reserved).toArray(Integer[]::new));
        tx.write(UPDATE, row);
    }

    /** Writes a locked shelf. */
    static void update(Transaction tx, Shelf shelf) {
        update(tx, List.of(shelf));
    }

    private static Shelf shelf(Row row) {
        return new Shelf(row.getString("sku"), row.getInteger("on_hand"), row.getInteger("reserved"));
    }
}
