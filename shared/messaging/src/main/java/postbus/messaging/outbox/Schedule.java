package postbus.messaging.outbox;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of scheduled commands: the relay appends them when they are due, each once, however many relays try and
 * whoever withdraws one at the same moment. Event loop.
 */
public final class Schedule {
    private Schedule() {}

    /**
     * Moves commands that are due to the outbox, the longest due first, at most {@code countMax}, in one transaction.
     * Those that another transaction is about to move or to withdraw are left to it. Returns how many.
     */
    public static Future<Integer> releaseDue(SqlConnection connection, int countMax) {
        return ScheduledTable.releaseDue(connection, countMax);
    }

    /** Milliseconds until the next command is due, at least 0; null when none waits. */
    public static Future<@Nullable Long> millisUntilDue(SqlConnection connection) {
        return ScheduledTable.millisUntilDue(connection);
    }
}
