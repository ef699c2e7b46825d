package postbus.messaging;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;

/** How much of its tables Postgres looks at for a statement: what it costs, whatever the machine does meanwhile. */
public final class BlocksRead {
    private BlocksRead() {}

    /** Runs a statement without parameters, and returns how many blocks it read, from memory or disk. */
    public static long by(SqlClient session, String statement) {
        var plan = session.query("explain (analyze, buffers, format json) " + statement)
                .execute()
                .await()
                .iterator()
                .next()
                .getJsonArray(0)
                .getJsonObject(0)
                .getJsonObject("Plan");
        return blocks(plan, "Shared Hit Blocks") + blocks(plan, "Shared Read Blocks");
    }

    private static long blocks(JsonObject plan, String kind) {
        return plan.getLong(kind);
    }
}
