package postbus.messaging.retention;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import postbus.messaging.retention.Retention.Pruned;
import postbus.messaging.transaction.Sql;

/** Writes {@code ledger_pruned}, and deletes from {@code ledger} and {@code outbox}. */
final class PrunedTable {
    /** A statement of its own: the next one then sees what others did while they held the lock. */
    private static final String LOCK = """
            select position from ledger_pruned where lane = $1 for update
            """;

    private static final String LOCK_ALL = """
            select position from ledger_pruned order by lane for update
            """;

    /**
     * Begins where the last deletion ended, so that index entries of what is deleted but not vacuumed are not walked
     * over again. A cursor that is missing in the row of a subscription holds everything.
     */
    static final String PRUNE = """
            with span as (
                select p.position as after,
                       least($2, (select min(coalesce(s.cursors[$1 + 1], 0)) from subscription s)) as upto
                  from ledger_pruned p
                 where p.lane = $1
            ),
            doomed as (
                select position, tx, id
                  from ledger
                 where lane = $1
                   and position > (select after from span)
                   and position <= (select upto from span)
                 order by position
                 limit $3
            ),
            placed as (
                delete from ledger l using doomed d where l.lane = $1 and l.position = d.position
            ),
            written as (
                delete from outbox o using doomed d where o.tx = d.tx and o.id = d.id
            ),
            moved as (
                update ledger_pruned p
                   set position = d.last
                  from (select max(position) as last from doomed) d
                 where p.lane = $1 and d.last is not null
            )
            select count(*) as count, coalesce(max(position), 0) as upto
              from doomed
            """;

    private PrunedTable() {}

    static void lockAll(Sql sql) {
        sql.execute(LOCK_ALL);
    }

    static Future<Pruned> prune(SqlConnection connection, int lane, long upto, int countMax) {
        var begun = connection.query("begin").execute();
        var locked = connection.preparedQuery(LOCK).execute(Tuple.of((short) lane));
        var pruned = connection.preparedQuery(PRUNE).execute(Tuple.of((short) lane, upto, (long) countMax));
        var committed = connection.query("commit").execute();
        return Future.join(begun, locked, pruned, committed).map(all -> {
            var row = pruned.result().iterator().next();
            int count = row.getInteger("count");
            return new Pruned(count, row.getLong("upto"), count == countMax);
        });
    }
}
