package postbus.messaging.ledger;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/**
 * The ledger of one source. Event loop. Any number of relays may cut at once: the row lock on the ledger's head makes
 * cuts follow each other, so leadership saves work but decides nothing.
 */
public final class Ledger {
    private final String source;
    private final int cutMax;

    /**
     * @param source the service whose schema the connections are on
     * @param cutMax most messages one transaction gives positions to, 1 to 1,000,000; more are cut by the next
     */
    public Ledger(String source, int cutMax) {
        if (cutMax < 1 || cutMax > 1_000_000) {
            throw new IllegalArgumentException("cutMax must be 1 to 1000000, is " + cutMax);
        }
        this.source = source;
        this.cutMax = cutMax;
    }

    /**
     * The last position in each lane.
     *
     * @param position the last position given at all
     * @param lanes by lane, 0 where nothing was cut
     */
    public record Heads(long position, List<Long> lanes) {}

    /**
     * What a cut did.
     *
     * @param count messages that got a position
     * @param heads last new position of each lane that got some, in no order
     * @param isPartial there was more than one transaction may cut: cut again
     */
    public record Cut(int count, List<LaneHead> heads, boolean isPartial) {}

    public record LaneHead(int lane, long position) {}

    /** A place in a lane; its message is null where the reader did not ask for its type. */
    public record Entry(long position, @Nullable Envelope message) {}

    /**
     * What a subscription reads: the commands for its service, if any, and events of these types, each in any version:
     * a reader that knows version 1 must not be passed over by a source that moves to version 2.
     */
    public record Filter(@Nullable String commandsFor, Set<String> eventTypes) {
        /** What either of them reads. */
        public Filter or(Filter other) {
            var types = new HashSet<>(eventTypes);
            types.addAll(other.eventTypes);
            return new Filter(commandsFor == null ? other.commandsFor : commandsFor, Set.copyOf(types));
        }
    }

    /** Where the ledger stands. Fails for a ledger whose transaction ids are of another Postgres cluster. */
    public Future<Heads> heads(SqlConnection connection) {
        return LedgerTable.heads(connection);
    }

    /**
     * Gives the next positions to what committed since the last cut. Durable when the future completes, given
     * {@code synchronous_commit} on the connection: a crash after that never gives another number to a message that was
     * delivered.
     *
     * <p>The whole cut is one round trip: BEGIN, lock the head, cut, COMMIT are sent together. The lock is a statement
     * of its own because in READ COMMITTED a statement that waited for a lock still sees what it saw when it began;
     * the cut that follows sees what the previous holder of the lock left.
     */
    public Future<Cut> cut(SqlConnection connection) {
        var begun = connection.query("begin").execute();
        var locked = LedgerTable.lockHead(connection);
        var cut = LedgerTable.cut(connection, cutMax);
        var committed = connection.query("commit").execute();
        return Future.all(begun, locked, cut, committed).map(all -> cut.result());
    }

    /**
     * Moves commands that are due from {@code scheduled} to the outbox, at most {@code countMax}, in one transaction.
     * Returns how many.
     */
    public Future<Integer> releaseDue(SqlConnection connection, int countMax) {
        return LedgerTable.releaseDue(connection, countMax);
    }

    /** Milliseconds until the next scheduled command is due, at least 0; null when none waits. */
    public Future<@Nullable Long> millisUntilDue(SqlConnection connection) {
        return LedgerTable.millisUntilDue(connection);
    }

    /**
     * The next entries of a lane after a position, in order.
     *
     * @param countMax most entries, those without a message included
     * @param bytesMax entries end when the bodies read so far reach this; so one body more may be read, never none
     */
    public Future<List<Entry>> read(SqlClient client, int lane, long after, Filter filter, int countMax, int bytesMax) {
        return LedgerTable.read(client, source, lane, after, filter, countMax, bytesMax);
    }
}
