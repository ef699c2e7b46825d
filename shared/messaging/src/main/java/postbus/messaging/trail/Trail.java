package postbus.messaging.trail;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Sql;

/** Reads what people decided about the subscription of one service, newest first. Blocks. */
public final class Trail {
    /** Most decisions on a page. */
    public static final int PAGE_MAX = 100;

    private final Sql sql;
    private final String subscription;

    /**
     * @param sql on the schema of the subscription's service
     * @param subscription its name, which is that of its service
     */
    public Trail(Sql sql, String subscription) {
        this.sql = sql;
        this.subscription = subscription;
    }

    /** What was decided. The {@link #text} is kept in tables and travels. */
    public enum What {
        RETRY,
        DISCARD,
        REPLAY,
        PAUSE,
        RESUME;

        private final String text = name().toLowerCase(java.util.Locale.ROOT);

        public String text() {
            return text;
        }

        static What of(String text) {
            return valueOf(text.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /**
     * One decision.
     *
     * @param place where it is on the trail, for {@link #page}
     * @param messageId of the dead letter it is about, as are type and key; null when it is about a whole source
     * @param detail of a dead letter, what it had failed with; of a replay, from where on
     */
    public record Decision(
            String place,
            Instant at,
            String by,
            String why,
            What what,
            String source,
            @Nullable UUID messageId,
            @Nullable String type,
            @Nullable String key,
            @Nullable String detail) {}

    /** @param next where the next page begins; null when this is the last one */
    public record Page(List<Decision> decisions, @Nullable String next) {}

    /**
     * A place between decisions, which are ordered from new to old; those of one time by table and id.
     *
     * @param table a number for each table that decisions are kept in
     */
    record Place(Instant at, int table, long id) {
        /** Later than any decision. */
        static final Place BEGINNING = new Place(Instant.parse("9999-12-31T00:00:00Z"), 0, Long.MAX_VALUE);

        private static final Pattern TEXT = Pattern.compile("([0-9TZ:.-]{20,30})/([0-9])/([0-9]{1,19})");

        static Place parse(String text) {
            var parts = TEXT.matcher(text);
            try {
                if (parts.matches()) {
                    return new Place(
                            Instant.parse(parts.group(1)),
                            Integer.parseInt(parts.group(2)),
                            Long.parseLong(parts.group(3)));
                }
            } catch (DateTimeException | NumberFormatException e) {
                // reported below
            }
            throw new Refusal(Problem.INVALID, "after must be the next of a page, is '" + text + "'", "/after");
        }

        @Override
        public String toString() {
            return at + "/" + table + "/" + id;
        }
    }

    /** The place before all decisions of this time. */
    public static String before(Instant at) {
        return new Place(at, 0, Long.MAX_VALUE).toString();
    }

    /** The place after all decisions of this time. */
    public static String after(Instant at) {
        return new Place(at, 9, 0).toString();
    }

    /**
     * @param limit 1 to {@value #PAGE_MAX}
     * @param after a decision's place, or the {@code next} of the page before; null for the newest
     */
    public Page page(int limit, @Nullable String after) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new Refusal(Problem.INVALID, "limit must be 1 to " + PAGE_MAX + ", is " + limit, "/limit");
        }
        var place = after == null ? Place.BEGINNING : Place.parse(after);
        var found = TrailTables.page(sql, subscription, place, limit + 1);
        return found.size() <= limit
                ? new Page(found, null)
                : new Page(
                        List.copyOf(found.subList(0, limit)),
                        found.get(limit - 1).place());
    }
}
