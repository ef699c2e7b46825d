package postbus.messaging.trail;

import io.vertx.sqlclient.Row;
import java.time.ZoneOffset;
import java.util.List;
import postbus.messaging.trail.Trail.Decision;
import postbus.messaging.trail.Trail.Place;
import postbus.messaging.trail.Trail.What;
import postbus.messaging.transaction.Sql;

/** Reads {@code dead_letter_decision}, {@code replay} and {@code pause_decision} as one. */
final class TrailTables {
    private static final String PAGE = """
            select *
              from (
                    (select 1 as nth, id, decision, decided_at, decided_by, why, source, message_id, type, key,
                            coalesce(error, reason) as detail
                       from dead_letter_decision
                      where subscription = $1 and (decided_at, -1, id) < ($2, -$3::integer, $4)
                      order by decided_at desc, id desc
                      limit $5)
                    union all
                    (select 2, id, 'replay', moved_at, moved_by, why, source, null, null, null, asked
                       from replay
                      where subscription = $1 and (moved_at, -2, id) < ($2, -$3::integer, $4)
                      order by moved_at desc, id desc
                      limit $5)
                    union all
                    (select 3, id, decision, decided_at, decided_by, why, source, null, null, null, null
                       from pause_decision
                      where subscription = $1 and (decided_at, -3, id) < ($2, -$3::integer, $4)
                      order by decided_at desc, id desc
                      limit $5)
                   ) decided
             order by decided_at desc, nth, id desc
             limit $5
            """;

    private TrailTables() {}

    static List<Decision> page(Sql sql, String subscription, Place after, int countMax) {
        return sql.list(
                PAGE,
                TrailTables::decision,
                subscription,
                after.at().atOffset(ZoneOffset.UTC),
                after.table(),
                after.id(),
                (long) countMax);
    }

    private static Decision decision(Row row) {
        var at = row.getOffsetDateTime("decided_at").toInstant();
        return new Decision(
                new Place(at, row.getInteger("nth"), row.getLong("id")).toString(),
                at,
                row.getString("decided_by"),
                row.getString("why"),
                What.of(row.getString("decision")),
                row.getString("source"),
                row.getUUID("message_id"),
                row.getString("type"),
                row.getString("key"),
                row.getString("detail"));
    }
}
