package postbus.messaging.search;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.Sql;

/** Reads {@code ledger} and {@code outbox} by place, a limited number of entries at a time. */
final class MessageTable {
    private static final String EXTENT = """
            select position, lanes from ledger_head
            """;

    /** As the cut computes it. */
    private static final String LANE = """
            select get_byte(sha256(convert_to($1, 'UTF8')), 0) % $2 as lane
            """;

    private static final String FIRST_FROM = """
            select l.position, o.time
              from (select l.position, l.tx, l.id
                      from generate_series(0, $2 - 1) as n (lane)
                     cross join lateral (select position, tx, id
                                           from ledger
                                          where lane = n.lane and position >= $1
                                          order by position
                                          limit 1) l
                     order by l.position
                     limit 1) l
              join outbox o on o.tx = l.tx and o.id = l.id
            """;

    static final String BACKWARDS = """
            with scanned as (
                select l.position, l.tx, l.id
                  from unnest($1::smallint[]) as n (lane)
                 cross join lateral (select position, tx, id
                                       from ledger
                                      where lane = n.lane and position < $2 and position > $3
                                      order by position desc
                                      limit $4) l
                 order by l.position desc
                 limit $4
            ),
            span as (
                select count(*) as examined, min(position) as last from scanned
            )
            select s.examined, s.last, m.*
              from span s
              left join (select s.position, o.message_id, o.type, o.key, o.recipient, o.time, o.correlation_id,
                                o.causation_id, octet_length(o.data) as bytes
                           from scanned s
                           join outbox o on o.tx = s.tx and o.id = s.id
                          where ($5::uuid is null or o.message_id = $5)
                            and ($6::text is null or o.key = $6)
                            and ($7::uuid is null or o.correlation_id = $7)
                            and ($8::text is null or o.type = $8)
                            and ($9::timestamptz is null or o.time >= $9)
                            and ($10::timestamptz is null or o.time <= $10)
                          order by s.position desc
                          limit $11) m on true
             order by m.position desc
            """;

    static final String FORWARDS = """
            with scanned as (
                select l.position, l.tx, l.id
                  from unnest($1::smallint[]) as n (lane)
                 cross join lateral (select position, tx, id
                                       from ledger
                                      where lane = n.lane and position > $2 and position <= $3
                                      order by position
                                      limit $4) l
                 order by l.position
                 limit $4
            ),
            span as (
                select count(*) as examined, max(position) as last from scanned
            )
            select s.examined, s.last, m.*
              from span s
              left join (select s.position, o.message_id, o.type, o.key, o.recipient, o.time, o.correlation_id,
                                o.causation_id, octet_length(o.data) as bytes, o.traceparent, o.data
                           from scanned s
                           join outbox o on o.tx = s.tx and o.id = s.id
                          where ($5::text is null or o.key = $5)
                            and ($6::uuid is null or o.correlation_id = $6)
                            and (o.recipient is null or not $7)
                          order by s.position
                          limit $8) m on true
             order by m.position
            """;

    /** What the next cut will find, see there. */
    private static final String UNCUT = """
            with uncut as (
                select o.*
                  from ledger_head h
                  join outbox o on o.tx >= pg_snapshot_xmax(h.cut_through) and o.id > greatest(h.passed_id, h.settled_id)
                 union all
                select o.*
                  from ledger_head h
                 cross join lateral (select pg_snapshot_xip(h.cut_through) as tx) running
                  join outbox o on o.tx = running.tx and o.id > greatest(h.passed_id, h.settled_id)
            )
            select null::bigint as position, o.message_id, o.type, o.key, o.recipient, o.time, o.correlation_id,
                   o.causation_id, octet_length(o.data) as bytes, o.traceparent, o.data
              from uncut o
             where ($1::uuid is null or o.message_id = $1)
               and ($2::text is null or o.key = $2)
               and ($3::uuid is null or o.correlation_id = $3)
               and ($4::text is null or o.type = $4)
               and ($5::timestamptz is null or o.time >= $5)
               and ($6::timestamptz is null or o.time <= $6)
             order by o.id desc
             limit $7
            """;

    private static final String GET = """
            select l.position, o.message_id, o.type, o.key, o.recipient, o.time, o.correlation_id, o.causation_id,
                   octet_length(o.data) as bytes, o.traceparent, o.data
              from ledger_head h
             cross join generate_series(0, h.lanes - 1) as n (lane)
              join ledger l on l.lane = n.lane and l.position = $1
              join outbox o on o.tx = l.tx and o.id = l.id
            """;

    private MessageTable() {}

    /** @param head the last position given */
    record Extent(long head, int lanes) {
        List<Integer> allLanes() {
            return IntStream.range(0, lanes).boxed().toList();
        }
    }

    record Placed(long position, Instant time) {}

    /**
     * @param examined entries looked at
     * @param reached the place of the last that was looked at and given
     * @param isEnd there is nothing beyond
     */
    record Part<M>(List<M> messages, int examined, long reached, boolean isEnd) {}

    static Extent extent(Sql sql) {
        return sql.find(EXTENT, row -> new Extent(row.getLong("position"), row.getInteger("lanes")))
                .orElseThrow();
    }

    static int lane(Sql sql, String key, int lanes) {
        return sql.find(LANE, row -> row.getInteger("lane"), key, lanes).orElseThrow();
    }

    /** The first message at or after a position; null when there is none. */
    static @Nullable Placed firstFrom(Sql sql, long position, int lanes) {
        return sql.find(
                        FIRST_FROM,
                        row -> new Placed(
                                row.getLong("position"),
                                row.getOffsetDateTime("time").toInstant()),
                        position,
                        lanes)
                .orElse(null);
    }

    static Part<MessageSummary> backwards(
            Sql sql,
            String source,
            List<Integer> lanes,
            long before,
            long after,
            int examinedMax,
            MessageFilter filter,
            int limit) {
        var parameters = Tuple.tuple()
                .addArrayOfShort(shorts(lanes))
                .addLong(before)
                .addLong(after)
                .addLong((long) examinedMax);
        add(parameters, filter);
        var rows = sql.execute(BACKWARDS, parameters.addLong((long) limit));
        return part(rows, before, examinedMax, limit, row -> summary(row, source));
    }

    static Part<FoundMessage> forwards(
            Sql sql,
            String source,
            List<Integer> lanes,
            long after,
            long upto,
            int examinedMax,
            MessageFilter filter,
            boolean eventsOnly,
            int limit) {
        var parameters = Tuple.tuple()
                .addArrayOfShort(shorts(lanes))
                .addLong(after)
                .addLong(upto)
                .addLong((long) examinedMax)
                .addString(filter.key())
                .addUUID(filter.correlationId())
                .addBoolean(eventsOnly)
                .addLong((long) limit);
        return part(sql.execute(FORWARDS, parameters), after, examinedMax, limit, row -> whole(row, source));
    }

    static List<FoundMessage> uncut(Sql sql, String source, MessageFilter filter, int limit) {
        var parameters = Tuple.tuple();
        add(parameters, filter);
        var found = new ArrayList<FoundMessage>();
        sql.execute(UNCUT, parameters.addLong((long) limit)).forEach(row -> found.add(whole(row, source)));
        return found;
    }

    static Optional<FoundMessage> get(Sql sql, String source, long position) {
        return sql.find(GET, row -> whole(row, source), position);
    }

    private static void add(Tuple parameters, MessageFilter filter) {
        parameters
                .addUUID(filter.id())
                .addString(filter.key())
                .addUUID(filter.correlationId())
                .addString(filter.type())
                .addOffsetDateTime(offset(filter.since()))
                .addOffsetDateTime(offset(filter.until()));
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private static Short[] shorts(List<Integer> lanes) {
        return lanes.stream().map(Integer::shortValue).toArray(Short[]::new);
    }

    private static <M> Part<M> part(
            RowSet<Row> rows, long begin, int examinedMax, int limit, Function<Row, M> message) {
        var found = new ArrayList<M>(rows.size());
        int examined = 0;
        long last = begin;
        long lastFound = begin;
        for (var row : rows) {
            examined = row.getInteger("examined");
            if (row.getUUID("message_id") != null) {
                found.add(message.apply(row));
                lastFound = row.getLong("position");
            }
            if (examined > 0) {
                last = row.getLong("last");
            }
        }
        return found.size() == limit
                ? new Part<>(found, examined, lastFound, false)
                : new Part<>(found, examined, last, examined < examinedMax);
    }

    private static MessageSummary summary(Row row, String source) {
        return new MessageSummary(
                row.getUUID("message_id"),
                source,
                row.getLong("position"),
                row.getString("type"),
                row.getString("key"),
                row.getOffsetDateTime("time").toInstant(),
                row.getString("recipient"),
                row.getUUID("correlation_id"),
                row.getUUID("causation_id"),
                row.getInteger("bytes"));
    }

    private static FoundMessage whole(Row row, String source) {
        return new FoundMessage(
                summary(row, source),
                row.getString("traceparent"),
                row.getBuffer("data").toString(StandardCharsets.UTF_8));
    }
}
