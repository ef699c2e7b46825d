package postbus.messaging.subscription;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import postbus.messaging.trail.Signed;
import postbus.messaging.transaction.Sql;

/** Writes {@code subscription_cursor.paused} and {@code pause_decision}. */
final class PauseTable {
    /** Does not wait: false while somebody pauses. Held until the transaction ends, by any number at a time. */
    private static final String BEGIN_RETRY = """
            select pg_try_advisory_xact_lock_shared(hashtextextended('postbus.retry.' || $1 || '.' || $2, 0)) as has_begun
            """;

    private static final String AWAIT_RETRIES = """
            select pg_advisory_xact_lock(hashtextextended('postbus.retry.' || $1 || '.' || $2, 0))
            """;

    private static final String LOCK = """
            select paused from subscription_cursor
             where subscription = $1 and source = $2
             order by lane
               for update
            """;

    private static final String SET = """
            update subscription_cursor set paused = $3 where subscription = $1 and source = $2
            """;

    private static final String NOTE = """
            insert into pause_decision (decision, decided_at, decided_by, why, subscription, source)
            values ($3, $4, $5, $6, $1, $2)
            """;

    private PauseTable() {}

    /** Comes before a parked message is taken: from then on a pause waits for this transaction. False when one is on. */
    static boolean beginRetry(Sql sql, String subscription, String source) {
        return sql.find(BEGIN_RETRY, row -> row.getBoolean("has_begun"), subscription, source)
                .orElseThrow();
    }

    /** Waits until no parked message of the source is being tried, and lets none begin until the transaction ends. */
    static void awaitRetries(Sql sql, String subscription, String source) {
        sql.execute(AWAIT_RETRIES, subscription, source);
    }

    /** Waits for batches in hand; says of each lane whether it is paused. */
    static List<Boolean> lock(Sql sql, String subscription, String source) {
        return sql.list(LOCK, row -> row.getBoolean("paused"), subscription, source);
    }

    static void set(Sql sql, String subscription, String source, boolean isPaused) {
        sql.execute(SET, subscription, source, isPaused);
    }

    static void note(Sql sql, String subscription, String source, String decision, Instant now, Signed signed) {
        sql.execute(NOTE, subscription, source, decision, now.atOffset(ZoneOffset.UTC), signed.by(), signed.why());
    }
}
