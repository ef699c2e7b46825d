package postbus.messaging.subscription;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.Observer;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code parked_message}. */
final class ParkedTable {
    /** One descent of the index for each key, however much is parked behind it. */
    static final String HELD_KEYS = """
            select k.key
              from unnest($4::text[]) as k (key)
             cross join lateral (select 1
                                   from parked_message p
                                  where p.subscription = $1 and p.source = $2 and p.lane = $3 and p.key = k.key
                                    and p.holds_key
                                  limit 1) held
            """;

    private static final String COUNT = """
            select count(*) as count from (select 1 from parked_message where subscription = $1 limit $2) counted
            """;

    private static final String HELD = """
            select source, count(*) filter (where state = 'parked') as parked, count(*) filter (where state = 'dead') as dead
              from (select source, state from parked_message where subscription = $1 limit $2) counted
             group by source
             order by source
            """;

    /** One statement for any number of messages. */
    private static final String INSERT = """
            insert into parked_message
                   (subscription, source, lane, position, message_id, type, key, recipient, time, correlation_id,
                    causation_id, traceparent, data, state, holds_key, reason, attempts, next_attempt_at, error, stack,
                    parked_at, failing_since, failed_at)
            select $1, source, lane, position, message_id, type, key, recipient, time, correlation_id, causation_id,
                   traceparent, data, state, holds_key, reason, attempts, next_attempt_at, error, stack, parked_at,
                   failing_since, failed_at
              from unnest($2::text[], $3::smallint[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                          $9::timestamptz[], $10::uuid[], $11::uuid[], $12::text[], $13::bytea[], $14::text[],
                          $15::boolean[], $16::text[], $17::integer[], $18::timestamptz[], $19::text[], $20::text[],
                          $21::timestamptz[], $22::timestamptz[], $23::timestamptz[])
                   as m (source, lane, position, message_id, type, key, recipient, time, correlation_id, causation_id,
                         traceparent, data, state, holds_key, reason, attempts, next_attempt_at, error, stack,
                         parked_at, failing_since, failed_at)
                on conflict (subscription, source, position) do nothing
            """;

    /**
     * Steps from key to key by the index (a "loose" scan), so that ten thousand messages behind a dead letter cost no
     * more than none. Those that hold no key have their turn whenever they are due.
     */
    static final String TURNS = """
            with recursive head as (
                (select source, lane, key, position, state, next_attempt_at
                   from parked_message
                  where subscription = $1 and holds_key
                  order by source, lane, key, position
                  limit 1)
                union all
                select next.source, next.lane, next.key, next.position, next.state, next.next_attempt_at
                  from head
                 cross join lateral (select p.source, p.lane, p.key, p.position, p.state, p.next_attempt_at
                                       from parked_message p
                                      where p.subscription = $1 and p.holds_key
                                        and (p.source, p.lane, p.key) > (head.source, head.lane, head.key)
                                      order by p.source, p.lane, p.key, p.position
                                      limit 1) next
            ),
            turn as (
                select source, position, next_attempt_at
                  from head
                 where state = 'parked'
                   and not exists (select 1
                                     from subscription_cursor c
                                    where c.subscription = $1 and c.source = head.source and c.lane = 0 and c.paused)
                union all
                (select source, position, next_attempt_at
                   from parked_message
                  where subscription = $1 and not holds_key and state = 'parked'
                    and not exists (select 1
                                      from subscription_cursor c
                                     where c.subscription = $1 and c.source = parked_message.source and c.lane = 0
                                       and c.paused)
                  order by next_attempt_at
                  limit $2)
            )
            select source, position, next_attempt_at
              from turn
             order by next_attempt_at, source, position
             limit $2
            """;

    /** Looks again whether it is the first of its key: a replay may have parked earlier ones meanwhile. */
    private static final String TAKE = """
            select p.lane, p.position, p.message_id, p.source, p.type, p.key, p.recipient, p.time, p.correlation_id,
                   p.causation_id, p.traceparent, p.data, p.state, p.holds_key, p.reason, p.attempts, p.next_attempt_at,
                   p.error, p.stack, p.parked_at, p.failing_since, p.failed_at
              from parked_message p
             where p.subscription = $1 and p.source = $2 and p.position = $3
               and p.state = 'parked' and p.next_attempt_at <= $4
               and not exists (select 1
                                 from subscription_cursor c
                                where c.subscription = $1 and c.source = $2 and c.lane = p.lane and c.paused)
               and not (p.holds_key
                        and exists (select 1
                                      from parked_message earlier
                                     where earlier.subscription = $1 and earlier.source = $2
                                       and earlier.lane = p.lane and earlier.key = p.key and earlier.holds_key
                                       and earlier.position < p.position))
               for update of p skip locked
            """;

    private static final String DELETE = """
            delete from parked_message where subscription = $1 and source = $2 and position = $3
            """;

    private static final String REPLACE = """
            update parked_message
               set state = $6, holds_key = $7, reason = $8, attempts = $9, next_attempt_at = $10, error = $11,
                   stack = $12, failing_since = $13, failed_at = $14
             where subscription = $1 and source = $2 and position = $3
               and state = 'parked' and attempts = $4 and next_attempt_at = $5
            """;

    private static final String MAKE_UNREAD_DUE = """
            update parked_message
               set next_attempt_at = $2
             where subscription = $1 and state = 'parked' and reason in ('unknown-type', 'unreadable')
               and next_attempt_at > $2
            """;

    private ParkedTable() {}

    /** Which of these keys are held in a lane. */
    static Set<String> heldKeys(Sql sql, String subscription, String source, int lane, Collection<String> keys) {
        var arguments = Tuple.of(subscription, source, (short) lane).addArrayOfString(keys.toArray(String[]::new));
        var held = new HashSet<String>();
        sql.execute(HELD_KEYS, arguments).forEach(row -> held.add(row.getString("key")));
        return held;
    }

    /** How many messages of a subscription are parked, counted up to a limit. */
    static int count(Sql sql, String subscription, int max) {
        return sql.find(COUNT, row -> row.getInteger("count"), subscription, (long) max)
                .orElseThrow();
    }

    /** What is kept of each source, counted up to a limit in all. */
    static List<Observer.Held> held(Sql sql, String subscription, int max) {
        return sql.list(
                HELD,
                row -> new Observer.Held(row.getString("source"), row.getLong("parked"), row.getLong("dead")),
                subscription,
                (long) max);
    }

    /** Leaves alone what is parked at its position already. */
    static void insert(Sql sql, String subscription, List<Parked> parked) {
        var rows = new Columns(parked);
        var arguments = Tuple.of(subscription)
                .addArrayOfString(rows.of(p -> p.message().source(), String[]::new))
                .addArrayOfShort(rows.of(p -> (short) p.lane(), Short[]::new))
                .addArrayOfLong(rows.of(Parked::position, Long[]::new))
                .addArrayOfUUID(rows.of(p -> p.message().id(), UUID[]::new))
                .addArrayOfString(rows.of(p -> p.message().type(), String[]::new))
                .addArrayOfString(rows.of(p -> p.message().key(), String[]::new))
                .addArrayOfString(rows.of(p -> p.message().recipient(), String[]::new))
                .addArrayOfOffsetDateTime(rows.of(p -> at(p.message().time()), OffsetDateTime[]::new))
                .addArrayOfUUID(rows.of(p -> p.message().correlationId(), UUID[]::new))
                .addArrayOfUUID(rows.of(p -> p.message().causationId(), UUID[]::new))
                .addArrayOfString(rows.of(p -> p.message().traceparent(), String[]::new))
                .addArrayOfBuffer(rows.of(p -> p.message().data(), Buffer[]::new))
                .addArrayOfString(rows.of(ParkedTable::state, String[]::new))
                .addArrayOfBoolean(rows.of(Parked::holdsKey, Boolean[]::new))
                .addArrayOfString(rows.of(p -> p.reason().text(), String[]::new))
                .addArrayOfInteger(rows.of(Parked::attempts, Integer[]::new))
                .addArrayOfOffsetDateTime(rows.of(p -> at(p.nextAttemptAt()), OffsetDateTime[]::new))
                .addArrayOfString(rows.of(Parked::error, String[]::new))
                .addArrayOfString(rows.of(Parked::stack, String[]::new))
                .addArrayOfOffsetDateTime(rows.of(p -> at(p.parkedAt()), OffsetDateTime[]::new))
                .addArrayOfOffsetDateTime(rows.of(p -> atOrNull(p.failingSince()), OffsetDateTime[]::new))
                .addArrayOfOffsetDateTime(rows.of(p -> atOrNull(p.failedAt()), OffsetDateTime[]::new));
        sql.execute(INSERT, arguments);
    }

    /** Turns rows into the arrays that unnest takes. */
    private record Columns(List<Parked> rows) {
        <T extends @Nullable Object> T[] of(Function<Parked, T> value, IntFunction<T[]> array) {
            return rows.stream().map(value).toArray(array);
        }
    }

    static List<Inbox.Turn> turns(Sql sql, String subscription, Instant now, int countMax) {
        return sql.list(
                TURNS,
                row -> new Inbox.Turn(
                        row.getString("source"),
                        row.getLong("position"),
                        Duration.between(
                                now, row.getOffsetDateTime("next_attempt_at").toInstant())),
                subscription,
                (long) countMax);
    }

    /** Locks a message whose turn it is; empty when it is not, or when somebody else has it. */
    static Optional<Parked> take(Sql sql, String subscription, String source, long position, Instant now) {
        return sql.find(TAKE, ParkedTable::parked, subscription, source, position, at(now));
    }

    static void delete(Sql sql, String subscription, String source, long position) {
        sql.execute(DELETE, subscription, source, position);
    }

    static boolean replace(Sql sql, String subscription, Parked before, Parked after) {
        return sql.update(
                        REPLACE,
                        subscription,
                        before.message().source(),
                        before.position(),
                        before.attempts(),
                        at(before.nextAttemptAt()),
                        state(after),
                        after.holdsKey(),
                        after.reason().text(),
                        after.attempts(),
                        at(after.nextAttemptAt()),
                        after.error(),
                        after.stack(),
                        atOrNull(after.failingSince()),
                        atOrNull(after.failedAt()))
                == 1;
    }

    /** What no instance could read is due now: this one may be newer. */
    static int makeUnreadDue(Sql sql, String subscription, Instant now) {
        return sql.update(MAKE_UNREAD_DUE, subscription, at(now));
    }

    private static Parked parked(Row row) {
        return new Parked(
                row.getInteger("lane"),
                row.getLong("position"),
                message(row),
                row.getString("state").equals("dead"),
                row.getBoolean("holds_key"),
                Reason.of(row.getString("reason")),
                row.getInteger("attempts"),
                row.getOffsetDateTime("next_attempt_at").toInstant(),
                row.getString("error"),
                row.getString("stack"),
                row.getOffsetDateTime("parked_at").toInstant(),
                instantOrNull(row, "failing_since"),
                instantOrNull(row, "failed_at"));
    }

    private static Envelope message(Row row) {
        return new Envelope(
                row.getUUID("message_id"),
                row.getString("source"),
                row.getString("type"),
                row.getString("key"),
                row.getOffsetDateTime("time").toInstant(),
                row.getString("recipient"),
                row.getUUID("correlation_id"),
                row.getUUID("causation_id"),
                row.getString("traceparent"),
                row.getBuffer("data"));
    }

    private static String state(Parked parked) {
        return parked.isDead() ? "dead" : "parked";
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable OffsetDateTime atOrNull(@Nullable Instant instant) {
        return instant == null ? null : at(instant);
    }

    private static @Nullable Instant instantOrNull(Row row, String column) {
        var value = row.getOffsetDateTime(column);
        return value == null ? null : value.toInstant();
    }
}
