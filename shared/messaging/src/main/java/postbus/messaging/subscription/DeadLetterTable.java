package postbus.messaging.subscription;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.subscription.DeadLetters.Decision;
import postbus.messaging.subscription.DeadLetters.Detail;
import postbus.messaging.subscription.DeadLetters.Fate;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.messaging.subscription.DeadLetters.Group;
import postbus.messaging.subscription.DeadLetters.Place;
import postbus.messaging.subscription.DeadLetters.Summary;
import postbus.messaging.subscription.DeadLetters.Verdict;
import postbus.messaging.subscription.DeadLetters.Which;
import postbus.messaging.transaction.Sql;

/** What people do with the dead letters of {@code parked_message}; writes {@code dead_letter_decision}. */
final class DeadLetterTable {
    /** A page counts no further what waits behind a dead letter. */
    static final int WAITING_MAX = 1_000;

    /** Types times reasons: a person reads no more. */
    static final int GROUPS_MAX = 500;

    /** As {@link #summary} reads them. */
    private static final String SUMMARY = """
            p.message_id, p.state, p.source, p.position, p.type, p.key, p.time, p.correlation_id, p.reason, p.attempts,
            p.error, p.holds_key, p.parked_at,
            case when p.state = 'dead' then p.failed_at end as died_at,
            case when p.state = 'parked' then p.next_attempt_at end as next_attempt_at,
            (select count(*)::int
                      from (select 1
                              from parked_message later
                             where p.holds_key
                               and later.subscription = p.subscription and later.source = p.source
                               and later.lane = p.lane and later.key = p.key and later.holds_key
                               and later.position > p.position
                             limit 1000) counted) as waiting
            """;

    /** Of what is parked and fits a filter, the next after a place. */
    private static final String MATCHING = """
              from parked_message p
             where p.subscription = $1 and ($10 = 'any' or p.state = $10)
               and ($2::text is null or p.source = $2)
               and ($3::text is null or p.type = $3)
               and ($4::text is null or p.key = $4)
               and ($5::text is null or p.reason = $5)
               and ($6::timestamptz is null or p.failed_at >= $6)
               and (p.source, p.position) > ($7, $8)
             order by p.source, p.position
             limit $9
            """;

    private static final String LIST = "select " + SUMMARY + MATCHING;

    private static final String GROUPS = """
            select reason, type, state, count(*)::int as count, min(parked_at) as oldest, max(parked_at) as newest,
                   (array_agg(error order by failed_at desc nulls last, position))[1] as error
              from parked_message
             where subscription = $1 and ($2 = 'any' or state = $2)
             group by reason, type, state
             order by count(*) desc, reason, type, state
             limit $3
            """;

    /** Of what a database restored from a dump may have parked at two positions, the first; a dead one before all. */
    private static final String FIND = "select p.data, p.stack, " + SUMMARY + """
              from parked_message p
             where p.message_id = $2 and p.subscription = $1
             order by p.state, p.source, p.position
             limit 1
            """;

    private static final String FATE = """
            select (select min(state) from parked_message where message_id = $2 and subscription = $1) as state,
                   d.decision, d.decided_by, d.decided_at
              from (values (1)) as one (row)
              left join (select decision, decided_by, decided_at
                           from dead_letter_decision
                          where message_id = $2 and subscription = $1
                          order by id desc
                          limit 1) d on true
            """;

    private static final String LOCK_ONE = """
            select source, position
              from parked_message
             where message_id = $2 and subscription = $1 and state = 'dead'
             order by source, position
               for update
            """;

    private static final String LOCK = "select p.source, p.position " + MATCHING + " for update";

    private static final String NOTE = """
            insert into dead_letter_decision
                   (decision, decided_at, decided_by, why, subscription, source, position, message_id, type, key, state,
                    reason, attempts, error, recipient, time, correlation_id, causation_id, traceparent, data)
            select $4, $5, $6, $7, p.subscription, p.source, p.position, p.message_id, p.type, p.key, p.state, p.reason,
                   p.attempts, p.error, p.recipient, p.time, p.correlation_id, p.causation_id, p.traceparent,
                   case when $4 = 'discard' then p.data end
              from unnest($2::text[], $3::bigint[]) as c (source, position)
              join parked_message p on p.subscription = $1 and p.source = c.source and p.position = c.position
             order by p.source, p.position
            """;

    private static final String REVIVE = """
            update parked_message p
               set state = 'parked', attempts = 0, next_attempt_at = $4, failing_since = null
              from unnest($2::text[], $3::bigint[]) as c (source, position)
             where p.subscription = $1 and p.source = c.source and p.position = c.position
            """;

    private static final String DELETE = """
            delete from parked_message p
             using unnest($2::text[], $3::bigint[]) as c (source, position)
             where p.subscription = $1 and p.source = c.source and p.position = c.position
            """;

    private DeadLetterTable() {}

    static List<Summary> list(Sql sql, String subscription, Filter filter, Which which, Place after, int countMax) {
        return sql.execute(LIST, arguments(subscription, filter, which, after, countMax)).stream()
                .map(DeadLetterTable::summary)
                .toList();
    }

    static List<Group> groups(Sql sql, String subscription, Which which) {
        return sql.list(GROUPS, DeadLetterTable::group, subscription, state(which), (long) GROUPS_MAX);
    }

    private static Group group(Row row) {
        return new Group(
                row.getString("reason"),
                row.getString("type"),
                row.getString("state"),
                row.getInteger("count"),
                instant(row, "oldest"),
                instant(row, "newest"),
                row.getString("error"));
    }

    private static String state(Which which) {
        return which.name().toLowerCase(Locale.ROOT);
    }

    static Optional<Detail> find(Sql sql, String subscription, UUID messageId) {
        return sql.find(
                FIND,
                row -> new Detail(
                        summary(row), row.getBuffer("data").toString(StandardCharsets.UTF_8), row.getString("stack")),
                subscription,
                messageId);
    }

    static Fate fate(Sql sql, String subscription, UUID messageId) {
        return sql.find(FATE, DeadLetterTable::fate, subscription, messageId).orElseThrow();
    }

    /** Locks a dead letter; empty when it is none any more. */
    static List<Place> lock(Sql sql, String subscription, UUID messageId) {
        return sql.list(LOCK_ONE, DeadLetterTable::place, subscription, messageId);
    }

    /** Locks the next dead letters that match, in their order. */
    static List<Place> lock(Sql sql, String subscription, Filter filter, Place after, int countMax) {
        return sql.execute(LOCK, arguments(subscription, filter, Which.DEAD, after, countMax)).stream()
                .map(DeadLetterTable::place)
                .toList();
    }

    static void note(Sql sql, String subscription, List<Place> chosen, Decision decision, Instant now) {
        sql.execute(
                NOTE,
                scope(subscription, chosen)
                        .addString(decision.verdict().name().toLowerCase(Locale.ROOT))
                        .addOffsetDateTime(at(now))
                        .addString(decision.by())
                        .addString(decision.why()));
    }

    /** Makes them due, as if they had never failed. */
    static void revive(Sql sql, String subscription, List<Place> chosen, Instant now) {
        sql.execute(REVIVE, scope(subscription, chosen).addOffsetDateTime(at(now)));
    }

    static void delete(Sql sql, String subscription, List<Place> chosen) {
        sql.execute(DELETE, scope(subscription, chosen));
    }

    private static Tuple arguments(String subscription, Filter filter, Which which, Place after, int countMax) {
        var since = filter.since();
        return Tuple.of(subscription)
                .addString(filter.source())
                .addString(filter.type())
                .addString(filter.key())
                .addString(filter.reason())
                .addOffsetDateTime(since == null ? null : at(since))
                .addString(after.source())
                .addLong(after.position())
                .addLong((long) countMax)
                .addString(state(which));
    }

    private static Tuple scope(String subscription, List<Place> chosen) {
        return Tuple.of(subscription)
                .addArrayOfString(chosen.stream().map(Place::source).toArray(String[]::new))
                .addArrayOfLong(chosen.stream().map(Place::position).toArray(Long[]::new));
    }

    private static Place place(Row row) {
        return new Place(row.getString("source"), row.getLong("position"));
    }

    private static Summary summary(Row row) {
        return new Summary(
                row.getUUID("message_id"),
                row.getString("state"),
                row.getString("source"),
                row.getLong("position"),
                row.getString("type"),
                row.getString("key"),
                instant(row, "time"),
                row.getUUID("correlation_id"),
                row.getString("reason"),
                row.getInteger("attempts"),
                row.getString("error"),
                row.getBoolean("holds_key"),
                row.getInteger("waiting"),
                instant(row, "parked_at"),
                instantOrNull(row, "died_at"),
                instantOrNull(row, "next_attempt_at"));
    }

    private static Fate fate(Row row) {
        var decision = row.getString("decision");
        var decidedAt = row.getOffsetDateTime("decided_at");
        return new Fate(
                row.getString("state"),
                decision == null ? null : Verdict.valueOf(decision.toUpperCase(Locale.ROOT)),
                row.getString("decided_by"),
                decidedAt == null ? null : decidedAt.toInstant());
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static @Nullable Instant instantOrNull(Row row, String column) {
        var value = row.getOffsetDateTime(column);
        return value == null ? null : value.toInstant();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
