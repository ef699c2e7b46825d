package postbus.messaging;

import io.vertx.core.json.JsonArray;
import io.vertx.pgclient.PgConnection;
import java.util.LinkedHashMap;
import java.util.Map;

/** All rows of a service's tables as of one moment, and where its sequences are: what a dump has. */
public final class Dump {
    private static final String TABLES = """
            select table_name from information_schema.tables
             where table_schema = current_schema() and table_name not like '%\\_history'
             order by table_name
            """;

    private final Map<String, JsonArray> rows = new LinkedHashMap<>();
    private final long lastId;

    private Dump(PgConnection connection) {
        connection.query("begin isolation level repeatable read").execute().await();
        for (var table : connection.query(TABLES).execute().await()) {
            var name = table.getString(0);
            var all = connection
                    .query("select coalesce(json_agg(t), '[]') from \"" + name + "\" t")
                    .execute()
                    .await();
            rows.put(name, (JsonArray) all.iterator().next().getValue(0));
        }
        lastId = connection
                .query("select coalesce(pg_sequence_last_value('outbox_id_seq'), 0)")
                .execute()
                .await()
                .iterator()
                .next()
                .getLong(0);
        connection.query("commit").execute().await();
    }

    public static Dump of(Source source) {
        var connection = source.connect();
        var dump = new Dump(connection);
        connection.close().await();
        return dump;
    }

    /** Replaces what is in the other's tables. */
    public void restoreInto(Source target) {
        restoreRowsInto(target);
        target.sql().execute("select setval('outbox_id_seq', greatest($1, 1), $1 > 0)", lastId);
    }

    /** The same without the sequence. */
    public void restoreRowsInto(Source target) {
        rows.forEach((table, all) -> {
            target.sql().execute("truncate \"" + table + "\"");
            target.sql()
                    .execute(
                            "insert into \"" + table + "\" overriding system value"
                                    + " select * from json_populate_recordset(null::\"" + table + "\", $1)",
                            all);
        });
    }
}
