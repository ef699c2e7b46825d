package postbus.messaging.search;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.Sql;

/**
 * Finds messages of one source. Messages that retention deleted are not found, those not cut yet are. Blocks.
 *
 * <p>An id of version 7 tells when it was made, and what it is the id of was written around then; so only messages from
 * that time on are looked at. An id made elsewhere, by chance, is looked for among all messages, the newest first.
 */
public final class MessageSearch {
    /** Messages of one page. */
    public static final int LIMIT_MAX = 500;

    /** Entries of the ledger that one answer looks at, at most. */
    static final int EXAMINED_MAX = 200_000;

    /** By how much clocks of writers may differ, and the time of a message from its place among others. */
    static final Duration CLOCKS_APART = Duration.ofSeconds(10);

    private static final int FIRST_CHUNK = 500;
    private static final int CHUNK_MAX = 20_000;

    private final String source;
    private final Sql sql;

    /** @param sql on the source's schema */
    public MessageSearch(String source, Sql sql) {
        this.source = source;
        this.sql = sql;
    }

    /**
     * @param next what to go on with: messages before this position were not looked at; null when there are none
     */
    public record Page(
            List<MessageSummary> messages, @Nullable Long next) {}

    /** @param isComplete false when there may be more of them, later */
    public record Related(List<MessageSummary> messages, boolean isComplete) {}

    /**
     * @param upto all events up to this position are among these, or were before
     * @param isAtHead there is nothing beyond it for now
     */
    public record History(List<FoundMessage> events, long upto, boolean isAtHead) {}

    /**
     * Messages that fit, the newest first. A page may be short, even empty, and still have a next: then
     * {@value #EXAMINED_MAX} entries were looked at.
     *
     * @param limit 1 to {@value #LIMIT_MAX}
     * @param before the next of the page before; null to begin with the newest
     */
    public Page find(MessageFilter filter, int limit, @Nullable Long before) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new IllegalArgumentException("limit must be 1 to " + LIMIT_MAX + ", is " + limit);
        }
        var found = new ArrayList<MessageSummary>();
        if (before == null) {
            MessageTable.uncut(sql, source, filter, limit).stream()
                    .map(FoundMessage::summary)
                    .forEach(found::add);
        }
        var ledger = MessageTable.extent(sql);
        long after = earliest(filter, ledger);
        long from = before == null ? latest(filter, ledger) + 1 : before;
        int examined = 0;
        for (int chunk = FIRST_CHUNK; found.size() < limit; chunk = Math.min(chunk * 4, CHUNK_MAX)) {
            int wanted = limit - found.size();
            var part = MessageTable.backwards(sql, source, lanes(filter, ledger), from, after, chunk, filter, wanted);
            part.messages().stream()
                    .filter(message -> !contains(found, message))
                    .forEach(found::add);
            examined += part.examined();
            if (part.isEnd()) {
                return new Page(found, null);
            }
            from = part.reached();
            if (examined >= EXAMINED_MAX) {
                break;
            }
        }
        return new Page(found, from);
    }

    private static boolean contains(List<MessageSummary> found, MessageSummary message) {
        return found.stream().anyMatch(other -> other.messageId().equals(message.messageId()));
    }

    /** The message with this id. */
    public Optional<FoundMessage> get(UUID id) {
        var filter = MessageFilter.ofId(id);
        var uncut = MessageTable.uncut(sql, source, filter, 1);
        if (!uncut.isEmpty()) {
            return Optional.of(uncut.get(0));
        }
        return find(filter, 1, null).messages().stream()
                .findFirst()
                .map(MessageSummary::position)
                .flatMap(position -> MessageTable.get(sql, source, position));
    }

    /**
     * Messages with this correlation id, in order of position, those not cut yet at the end.
     *
     * @param around when one of them was written: where to begin if the id does not tell
     * @param limit 1 to {@value #LIMIT_MAX}
     */
    public Related correlated(UUID correlationId, Instant around, int limit) {
        var filter = MessageFilter.ofCorrelation(correlationId);
        var ledger = MessageTable.extent(sql);
        var begun = timeOf(correlationId);
        long after = positionBefore((begun == null ? around : begun).minus(CLOCKS_APART), ledger);
        var found = new ArrayList<MessageSummary>();
        int examined = 0;
        for (int chunk = FIRST_CHUNK; ; chunk = Math.min(chunk * 4, CHUNK_MAX)) {
            var part = MessageTable.forwards(
                    sql,
                    source,
                    lanes(filter, ledger),
                    after,
                    ledger.head(),
                    chunk,
                    filter,
                    false,
                    limit - found.size());
            part.messages().stream().map(FoundMessage::summary).forEach(found::add);
            if (part.isEnd()) {
                MessageTable.uncut(sql, source, filter, limit).stream()
                        .map(FoundMessage::summary)
                        .filter(message -> !contains(found, message))
                        .forEach(found::add);
                return new Related(found, true);
            }
            examined += part.examined();
            after = part.reached();
            if (found.size() >= limit || examined >= EXAMINED_MAX) {
                return new Related(found, false);
            }
        }
    }

    /**
     * Events about a key after a position, in order, bodies included; no commands, and none that is not cut.
     *
     * @param after 0 to begin with the first one kept
     * @param since nothing about this key was written before; asked only for the beginning
     */
    public History history(String key, long after, Instant since) {
        var filter = MessageFilter.ofKey(key);
        var ledger = MessageTable.extent(sql);
        long from = after > 0 ? after : positionBefore(since.minus(CLOCKS_APART), ledger);
        var part = MessageTable.forwards(
                sql, source, lanes(filter, ledger), from, ledger.head(), CHUNK_MAX, filter, true, LIMIT_MAX);
        return new History(
                part.messages(), part.isEnd() ? Math.max(from, ledger.head()) : part.reached(), part.isEnd());
    }

    private List<Integer> lanes(MessageFilter filter, MessageTable.Extent ledger) {
        return filter.key() == null ? ledger.allLanes() : List.of(MessageTable.lane(sql, filter.key(), ledger.lanes()));
    }

    /** All that fits is after this position. */
    private long earliest(MessageFilter filter, MessageTable.Extent ledger) {
        long after = 0;
        for (var time : times(timeOf(filter.id()), timeOf(filter.correlationId()), filter.since())) {
            after = Math.max(after, positionBefore(time.minus(CLOCKS_APART), ledger));
        }
        return after;
    }

    /** All that fits is at or before this position. */
    private long latest(MessageFilter filter, MessageTable.Extent ledger) {
        long upto = ledger.head();
        for (var time : times(timeOf(filter.id()), filter.until())) {
            upto = Math.min(upto, positionBefore(time.plus(CLOCKS_APART), ledger));
        }
        return upto;
    }

    private static List<Instant> times(@Nullable Instant... times) {
        var known = new ArrayList<Instant>();
        for (var time : times) {
            if (time != null) {
                known.add(time);
            }
        }
        return known;
    }

    /** When an id was made, if it tells. */
    public static @Nullable Instant timeOf(@Nullable UUID id) {
        return id == null || id.version() != 7 ? null : Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** The last position given to a message that was written before this time, by halving the ledger. */
    private long positionBefore(Instant time, MessageTable.Extent ledger) {
        long before = 0;
        long notBefore = ledger.head() + 1;
        while (notBefore - before > 1) {
            var middle = before + (notBefore - before) / 2;
            var placed = MessageTable.firstFrom(sql, middle, ledger.lanes());
            if (placed == null || !placed.time().isBefore(time)) {
                notBefore = middle;
            } else {
                before = placed.position();
            }
        }
        return before;
    }
}
