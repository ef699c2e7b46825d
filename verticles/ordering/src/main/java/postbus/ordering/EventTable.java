package postbus.ordering;

import io.vertx.pgclient.PgException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code order_event}, and reads it together with {@code order_snapshot}. */
final class EventTable {
    private static final String APPEND = """
            insert into order_event (stream, version, type, data, at)
            select $1, $2 + n.place, n.type, n.data::jsonb, $5
              from unnest($3::text[], $4::text[]) with ordinality as n (type, data, place)
            """;

    /** One statement, so that a stream costs one round trip whether it has a snapshot or not. */
    static final String LOAD = """
            with folded as (
                select version, state from order_snapshot where stream = $1 and schema = $2
            )
            select version, null as type, state::text as data from folded
            union all
            select version, type, data::text
              from order_event
             where stream = $1 and version > coalesce((select version from folded), 0)
             order by version
            """;

    private static final String HISTORY = """
            select version, type, data::text as data, at from order_event where stream = $1 order by version
            """;

    private static final String UNIQUE_VIOLATION = "23505";

    /** @param type null for a snapshot, which comes before all events */
    record Loaded(int version, @Nullable String type, String data) {}

    record Kept(int version, String type, String data, Instant at) {}

    private EventTable() {}

    /**
     * Adds events after the one with the version expected; when somebody else did that first, or does at this moment
     * and commits, it is a {@link ConcurrentChange}.
     */
    static void append(Sql sql, UUID stream, int expected, List<String> types, List<String> data, Instant at) {
        try {
            sql.update(
                    APPEND,
                    stream,
                    expected,
                    types.toArray(String[]::new),
                    data.toArray(String[]::new),
                    at.atOffset(ZoneOffset.UTC));
        } catch (PgException failure) {
            if (UNIQUE_VIOLATION.equals(failure.getSqlState())) {
                throw new ConcurrentChange("stream " + stream + " is not at version " + expected + " any more");
            }
            throw failure;
        }
    }

    static List<Loaded> load(Sql sql, UUID stream, int schema) {
        return sql.list(
                LOAD,
                row -> new Loaded(row.getInteger("version"), row.getString("type"), row.getString("data")),
                stream,
                schema);
    }

    static List<Kept> history(Sql sql, UUID stream) {
        return sql.list(
                HISTORY,
                row -> new Kept(
                        row.getInteger("version"),
                        row.getString("type"),
                        row.getString("data"),
                        row.getOffsetDateTime("at").toInstant()),
                stream);
    }
}
