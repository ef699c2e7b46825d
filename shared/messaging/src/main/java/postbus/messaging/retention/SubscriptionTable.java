package postbus.messaging.retention;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import postbus.messaging.retention.Retention.Registered;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code subscription}. */
final class SubscriptionTable {
    private static final String REGISTER = """
            insert into subscription (name, cursors)
            values ($1, $2)
                on conflict (name) do update
               set cursors = excluded.cursors, announced_at = now()
            """;

    private static final String REGISTER_LOWER = """
            insert into subscription as s (name, cursors)
            values ($1, $2)
                on conflict (name) do update
               set cursors = array(select least(r.written, r.lower)
                                     from unnest(s.cursors, excluded.cursors) with ordinality
                                          as r (written, lower, lane)
                                    order by r.lane)
            """;

    /** Each count ends at $1: a subscription that was away for long costs no more to look at than one that is there. */
    static final String ALL = """
            select s.name, s.cursors, s.registered_at, s.announced_at,
                   extract(epoch from clock_timestamp() - s.announced_at)::float8 as silent_seconds,
                   array(select (select count(*)
                                   from (select from ledger l
                                          where l.lane = c.lane - 1 and l.position > c.position
                                          limit $1) after_cursor)
                           from unnest(s.cursors) with ordinality as c (position, lane)
                          order by c.lane) as behind
              from subscription s
             order by s.name
            """;

    private static final String FORGET = """
            delete from subscription where name = $1
            """;

    private static final String FORGET_SILENT = """
            delete from subscription
             where announced_at < now() - make_interval(secs => $1)
            returning name
            """;

    private SubscriptionTable() {}

    static Future<Void> register(SqlClient client, String name, List<Long> cursors) {
        var row = Tuple.of(name).addArrayOfLong(cursors.toArray(Long[]::new));
        return client.preparedQuery(REGISTER).execute(row).mapEmpty();
    }

    static void registerLower(Sql sql, String name, List<Long> cursors) {
        sql.execute(REGISTER_LOWER, Tuple.of(name).addArrayOfLong(cursors.toArray(Long[]::new)));
    }

    static Future<List<Registered>> all(SqlClient client) {
        return client.preparedQuery(ALL)
                .execute(Tuple.of((long) Retention.BEHIND_COUNT_MAX))
                .map(rows -> {
                    var all = new ArrayList<Registered>(rows.size());
                    for (var row : rows) {
                        all.add(registered(row));
                    }
                    return all;
                });
    }

    private static Registered registered(Row row) {
        return new Registered(
                row.getString("name"),
                List.of(row.getArrayOfLongs("cursors")),
                List.of(row.getArrayOfLongs("behind")),
                row.getOffsetDateTime("registered_at").toInstant(),
                row.getOffsetDateTime("announced_at").toInstant(),
                Duration.ofMillis(Math.max(0, (long) (row.getDouble("silent_seconds") * 1000))));
    }

    static Future<Boolean> forget(SqlClient client, String name) {
        return client.preparedQuery(FORGET).execute(Tuple.of(name)).map(done -> done.rowCount() > 0);
    }

    static Future<List<String>> forgetSilent(SqlClient client, Duration holdMax) {
        return client.preparedQuery(FORGET_SILENT)
                .execute(Tuple.of(holdMax.toMillis() / 1000.0))
                .map(rows -> {
                    var names = new ArrayList<String>(rows.size());
                    rows.forEach(row -> names.add(row.getString("name")));
                    return names;
                });
    }
}
