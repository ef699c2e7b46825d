package postbus.ordering;

import java.util.UUID;
import postbus.messaging.transaction.Sql;

/** Writes {@code order_snapshot}. */
final class SnapshotTable {
    /** During a rolling change of the state's shape, the older shape never replaces the newer one. */
    private static final String PUT = """
            insert into order_snapshot as kept (stream, version, schema, state)
            values ($1, $2, $3, $4::text::jsonb)
                on conflict (stream) do update
               set version = excluded.version, schema = excluded.schema, state = excluded.state
             where kept.schema <= excluded.schema
            """;

    private SnapshotTable() {}

    static void put(Sql sql, UUID stream, int version, int schema, String state) {
        sql.update(PUT, stream, version, schema, state);
    }
}
