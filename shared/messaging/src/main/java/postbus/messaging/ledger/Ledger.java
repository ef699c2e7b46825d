package postbus.messaging.ledger;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.transaction.Sql;

/**
 * The ledger of one source. Event loop. Any number of relays may cut at once: the row lock on the ledger's head makes
 * cuts follow each other, so leadership saves work but decides nothing.
 */
public final class Ledger {
    /** A cut of more messages tells only heads. */
    static final int TAIL_MAX = 1_000;

    private final String source;
    private final int cutMax;
    /** As this ledger's last cut of a few left it; null when it is not known. */
    private LedgerTable.@Nullable Head head;

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
     * Where the ledger stands.
     *
     * @param position the last position given at all
     * @param lanes the last position in each lane, by lane, 0 where nothing was cut
     * @param pruned by lane: what comes after this position is kept, what was up to it is deleted
     */
    public record Heads(long position, List<Long> lanes, List<Long> pruned) {}

    /**
     * What a cut did: it gave the positions from {@code after + 1} to {@code after + count}.
     *
     * @param heads last new position of each lane that got some, by lane
     * @param messages that got a position, in this order; none, or not all, when they were many or cannot be read
     * @param isPartial there is more than one transaction may cut: cut again
     */
    public record Cut(long after, long count, List<LaneHead> heads, List<CutMessage> messages, boolean isPartial) {
        /** The last position given. */
        public long upto() {
            return after + count;
        }
    }

    public record CutMessage(int lane, long position, Envelope message) {}

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

        /** Whether it reads this message. */
        public boolean isFor(Envelope message) {
            return message.recipient() != null
                    ? message.recipient().equals(commandsFor)
                    : eventTypes.stream().anyMatch(type -> isVersionOf(type, message.type()));
        }

        private static boolean isVersionOf(String type, String other) {
            return other.regionMatches(0, type, 0, type.lastIndexOf(".v") + 2);
        }
    }

    /** A position in a lane. */
    public record Place(int lane, long position) {}

    /**
     * What follows a place in its lane.
     *
     * @param messages how many, counted up to a limit
     * @param since when the first of them was written, by its writer's clock; null when there is none
     */
    public record Behind(long messages, @Nullable Instant since) {
        public static final Behind NOTHING = new Behind(0, null);
    }

    /** What {@link #settle} found: whether the ledger is where it was when it was last cut. */
    public enum Move {
        /** Nothing happened, or this is the first look. */
        NONE,
        /** The same tables on another timeline: a replica was promoted, or the cluster was recovered to a point in time. */
        PROMOTED,
        /** Other tables than those that were cut: a dump was restored, or rows were copied by other means. */
        COPIED
    }

    /**
     * What settling did.
     *
     * @param count messages without a position that got one
     * @param position the last position given
     */
    public record Settled(Move move, long count, long position) {}

    /** Whether the ledger is where it was when it was last cut; if not, {@link #settle} it before cutting. */
    public Future<Boolean> isSettled(SqlConnection connection) {
        return HomeTable.find(connection).map(found -> found.isSettled());
    }

    /**
     * Makes a ledger fit to be cut where it is now, in one transaction.
     *
     * <p>In both cases positions go on from the next multiple of {@value HomeTable#EPOCH}. What was cut, and perhaps
     * delivered, after the copy was made or in the tail that the replica had not received, had positions below that: so
     * they are never given to other messages, and a subscriber whose cursor is one of them misses nothing from now on.
     *
     * <p>A copied ledger has rows whose transaction ids are of another cluster. What has no position yet is found by
     * comparing outbox and ledger row by row, once, and gets its positions in the order of writing. From then on cuts
     * look only at rows written later. Meanwhile writers of the outbox wait: about 1 s for each million messages kept.
     * After a promotion the ids go on as they were, and cuts find by themselves what the old primary had not cut.
     *
     * <p>Waits at most 2 s for writers that have a transaction open, then fails and can be tried again.
     */
    public Future<Settled> settle(SqlConnection connection) {
        var settled = connection
                .query("begin")
                .execute()
                .compose(begun -> LedgerTable.lockHead(connection))
                .compose(locked -> HomeTable.find(connection))
                .compose(found -> found.move() == Move.COPIED
                        ? HomeTable.copyIn(connection, found)
                        : HomeTable.moveIn(connection, found))
                .compose(done -> connection.query("commit").execute().map(committed -> done));
        return settled.recover(failure -> connection
                .query("rollback")
                .execute()
                .otherwiseEmpty()
                .compose(undone -> Future.failedFuture(failure)));
    }

    /** Where the ledger stands. */
    public Future<Heads> heads(SqlClient client) {
        return LedgerTable.heads(client);
    }

    /** Where the ledger stands that is the first on the search path. Blocks. */
    public static Heads heads(Sql sql) {
        return LedgerTable.heads(sql);
    }

    /** How many messages are in the ledger after these cursors and up to those, by lane. Blocks, and counts each. */
    public static long countBetween(Sql sql, List<Long> after, List<Long> upto) {
        return LedgerTable.countBetween(sql, after, upto);
    }

    /**
     * Gives the next positions to what committed since the last cut. Durable when the future completes, given
     * {@code synchronous_commit} on the connection: a crash after that never gives another number to a message that was
     * delivered.
     *
     * <p>Whoever cut last knows where the head is, and cuts a few messages by one small statement. It does nothing when
     * there are many, or the head is elsewhere: then {@link #cutMany} does it.
     */
    public Future<Cut> cut(SqlConnection connection) {
        return knownHead(connection)
                .compose(known -> known.isCutting() ? cutMany(connection) : cutFew(connection, known));
    }

    private Future<LedgerTable.Head> knownHead(SqlConnection connection) {
        return head == null ? LedgerTable.head(connection) : Future.succeededFuture(head);
    }

    private Future<Cut> cutFew(SqlConnection connection, LedgerTable.Head known) {
        return LedgerTable.cutFew(connection, source, known, Math.min(cutMax - 1, TAIL_MAX))
                .compose(few -> {
                    head = few.head();
                    return head == null ? cutMany(connection) : Future.succeededFuture(few.cut());
                });
    }

    /**
     * The whole cut is one round trip: BEGIN, lock the head, cut, COMMIT are sent together. The lock is a statement of
     * its own because in READ COMMITTED a statement that waited for a lock still sees what it saw when it began; the
     * cut that follows sees what the previous holder of the lock left.
     */
    private Future<Cut> cutMany(SqlConnection connection) {
        var begun = connection.query("begin").execute();
        var locked = LedgerTable.lockHead(connection);
        var cut = LedgerTable.cut(connection, source, cutMax, TAIL_MAX);
        var committed = connection.query("commit").execute();
        return Future.all(begun, locked, cut, committed).map(all -> cut.result());
    }

    /** What follows each of these places, counted up to a limit each. */
    public static Future<Map<Place, Behind>> behind(SqlClient client, List<Place> places, int countMax) {
        return LedgerTable.behind(client, places, countMax);
    }

    /**
     * The next entries of a lane after a position, in order. Fails with {@link MessagesPruned} when some of them were
     * deleted: never a silent gap. A message that cannot be read ends the entries before it; when it is the first, this
     * fails and says which.
     *
     * @param countMax most entries, those without a message included
     * @param bytesMax entries end when the bodies read so far reach this; so one body more may be read, never none
     */
    public Future<List<Entry>> read(SqlClient client, int lane, long after, Filter filter, int countMax, int bytesMax) {
        return LedgerTable.read(client, source, lane, after, filter, countMax, bytesMax);
    }

    /**
     * The next entries after a position, of all lanes, in order; events have their message, commands and what cannot be
     * read have none. What retention deleted is missing without a word: compare with {@link Heads#pruned}.
     *
     * @param countMax most entries
     * @param bytesMax entries end when the bodies read so far reach this
     */
    public Future<List<Entry>> readEvents(SqlClient client, long after, int countMax, int bytesMax) {
        return LedgerTable.readEvents(client, source, after, countMax, bytesMax);
    }
}
