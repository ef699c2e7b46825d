package postbus.messaging.retention;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/**
 * Statements about what the source keeps, on its schema. Each is a short transaction of its own, safe to run again and
 * by several at once. Event loop.
 */
public final class Retention {
    /** Of the messages that wait for a subscription in a lane, so many are counted. */
    public static final int BEHIND_COUNT_MAX = 10_000;

    private final Options options;

    public Retention(Options options) {
        this.options = options;
    }

    /**
     * @param keep how long messages are kept after they were cut, by the database's clock, 1 s to 10 years
     * @param holdMax a subscription not heard of for so long is forgotten, and no message kept for it any more; null for
     *     never
     * @param missedAfter a subscription not heard of for so long is worth a warning
     * @param every how often marks are set and old messages looked for, 100 ms to 1 h
     * @param batchMax most messages deleted in one transaction, 1 to 100,000
     */
    public record Options(
            Duration keep, @Nullable Duration holdMax, Duration missedAfter, Duration every, int batchMax) {
        /** A week, for every registered subscription, however long it is away. */
        public static final Options DEFAULT =
                new Options(Duration.ofDays(7), null, Duration.ofHours(24), Duration.ofMinutes(1), 1_000);

        public Options {
            require("keep", keep, Duration.ofSeconds(1), Duration.ofDays(3650));
            require("missedAfter", missedAfter, Duration.ofSeconds(1), Duration.ofDays(3650));
            require("every", every, Duration.ofMillis(100), Duration.ofHours(1));
            if (holdMax != null) {
                require("holdMax", holdMax, Duration.ofSeconds(1), Duration.ofDays(3650));
            }
            if (batchMax < 1 || batchMax > 100_000) {
                throw new IllegalArgumentException("batchMax must be 1 to 100000, is " + batchMax);
            }
        }

        private static void require(String name, Duration value, Duration min, Duration max) {
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", is " + value);
            }
        }
    }

    /**
     * A subscription for which messages are kept.
     *
     * @param cursors how far it has come, by lane, as last heard
     * @param behind messages after the cursor, wanted or not, by lane, counted up to {@value #BEHIND_COUNT_MAX}
     * @param silent since when it was last heard of, to the minute
     */
    public record Registered(
            String name,
            List<Long> cursors,
            List<Long> behind,
            Instant registeredAt,
            Instant announcedAt,
            Duration silent) {
        /** The messages that wait for it, wanted or not; in each lane counted up to {@value #BEHIND_COUNT_MAX}. */
        public long behindInAll() {
            return behind.stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * What was deleted from a lane.
     *
     * @param count messages
     * @param upto the position of the last of them; 0 when there was nothing to delete
     * @param isMore there may be more: prune again
     */
    public record Pruned(int count, long upto, boolean isMore) {}

    /** Notes by when what is cut so far was cut. Nothing new since the last mark is no new mark. */
    public Future<Void> mark(SqlClient client) {
        return MarkTable.insert(client);
    }

    /**
     * The last position known to have been given by that time: up to a minute, or a rest of the source, earlier, never
     * later. 0 when none is known. Blocks.
     */
    public static long positionAt(Sql sql, Instant time) {
        return MarkTable.positionAt(sql, time);
    }

    /** Lets nothing be deleted until the transaction ends. Blocks while a batch is being deleted. */
    public static void lock(Transaction tx) {
        PrunedTable.lockAll(tx);
    }

    /** {@link #register}s a subscription that goes back: its cursors become these where they were further. Blocks. */
    public static void registerLower(Transaction tx, String subscription, List<Long> cursors) {
        SubscriptionTable.registerLower(tx, subscription, cursors);
    }

    /** The last position that is old enough to be deleted; null when none is. */
    public Future<@Nullable Long> lastOld(SqlClient client) {
        return MarkTable.lastOld(client, options.keep());
    }

    /** Deletes marks that nobody can ask for any more. */
    public Future<Void> pruneMarks(SqlClient client) {
        return MarkTable.prune(client);
    }

    /** From now on, what this subscription has not applied is kept for it. */
    public Future<Void> register(SqlClient client, String subscription, List<Long> cursors) {
        return SubscriptionTable.register(client, subscription, cursors);
    }

    /** All for whom messages are kept, by name. */
    public static Future<List<Registered>> registered(SqlClient client) {
        return SubscriptionTable.all(client);
    }

    /** Keeps nothing for it any more; one that is still there registers again. False when it was not registered. */
    public static Future<Boolean> forget(SqlClient client, String subscription) {
        return SubscriptionTable.forget(client, subscription);
    }

    /** Forgets those not heard of for {@link Options#holdMax}, if that is set, and returns their names. */
    public Future<List<String>> forgetSilent(SqlClient client) {
        return options.holdMax() == null
                ? Future.succeededFuture(List.of())
                : SubscriptionTable.forgetSilent(client, options.holdMax());
    }

    /**
     * Deletes the oldest messages of a lane from ledger and outbox, at most {@link Options#batchMax}: none after the
     * position given, and none after the cursor of a registered subscription. One round trip; the lock on what was
     * pruned lets a replay look and register before the next batch.
     */
    public Future<Pruned> prune(SqlConnection connection, int lane, long upto) {
        return PrunedTable.prune(connection, lane, upto, options.batchMax());
    }
}
