package postbus.messaging.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.retention.Retention;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;

/**
 * Moves the cursors of a service's subscription. Blocks: for virtual threads and commands.
 *
 * <p>When the source's schema is in the same database, which it is unless services have databases of their own, the
 * source's ledger says where things are, and keeps from now on what is to come again.
 */
public final class Replay {
    private final Transactions transactions;
    private final String subscription;

    /** @param transactions on the schema of the service whose subscription it is */
    public Replay(Transactions transactions, String subscription) {
        this.transactions = transactions;
        this.subscription = subscription;
    }

    /**
     * What a move does, or would do.
     *
     * @param before cursors, by lane
     * @param after cursors, by lane
     * @param again messages that come again, those included that the subscription does not ask for; empty when the
     *     source is elsewhere
     * @param passedOver messages that do not come at all, counted alike
     * @param parked parked messages, dead letters among them, that are deleted because they come again
     */
    public record Move(List<Long> before, List<Long> after, OptionalLong again, OptionalLong passedOver, int parked) {}

    /** What {@link #run} would do now. Changes nothing. */
    public Move plan(String source, Target target) {
        return inTransaction(tx -> move(tx, source, target, ReplayTable.cursors(tx, subscription, source)));
    }

    /**
     * Moves the cursors, deletes what is parked and comes again, and notes who did it and why, in one transaction.
     * Waits for batches in hand, and those after it find the cursor elsewhere.
     */
    public Move run(String source, Target target, String movedBy, String why) {
        return inTransaction(tx -> {
            var cursors = ReplayTable.lockCursors(tx, subscription, source);
            // What is kept now is kept until the transaction ends, and from then on because it is registered
            SourceSchema.within(tx, source, () -> Retention.lock(tx));
            var move = move(tx, source, target, cursors);
            SourceSchema.within(tx, source, () -> Retention.registerLower(tx, subscription, move.after()));
            ReplayTable.moveCursors(tx, subscription, source, move.after(), target instanceof Target.Oldest);
            if (move.again().isPresent()) {
                ReplayTable.deleteParked(tx, subscription, source, move.after());
            }
            ReplayTable.insert(tx, subscription, source, target.toString(), move, movedBy, why);
            return move;
        });
    }

    private <T> T inTransaction(Function<Transaction, T> work) {
        return transactions.call(Cause.none(), work);
    }

    private Move move(Transaction tx, String source, Target target, List<Long> before) {
        if (before.isEmpty()) {
            throw NotReplayable.unknown(
                    subscription + " has no cursors for " + source + ": it never heard of it, or the name is wrong");
        }
        return SourceSchema.within(tx, source, () -> here(tx, source, target, before))
                .map(move -> new Move(
                        before,
                        move.after(),
                        move.again(),
                        move.passedOver(),
                        ReplayTable.countParked(tx, subscription, source, move.after())))
                .orElseGet(() -> elsewhere(source, target, before));
    }

    private static Move here(Transaction tx, String source, Target target, List<Long> before) {
        var heads = Ledger.heads(tx);
        if (heads.lanes().size() != before.size()) {
            throw NotReplayable.refused(source + " has " + heads.lanes().size() + " lanes, the subscription has "
                    + before.size() + " cursors");
        }
        var after = switch (target) {
            case Target.Oldest() -> heads.pruned();
            case Target.Now() -> heads.lanes();
            case Target.Position(long position) -> from(position, heads, source);
            case Target.Time(var time) -> from(Retention.positionAt(tx, time), heads, source);
        };
        return new Move(
                before,
                after,
                OptionalLong.of(Ledger.countBetween(tx, after, before)),
                OptionalLong.of(Ledger.countBetween(tx, before, after)),
                0);
    }

    /** No lane can be beyond its head, and none before what is kept: that would be a gap. */
    private static List<Long> from(long position, Ledger.Heads heads, String source) {
        var after = new ArrayList<Long>(heads.lanes().size());
        for (int lane = 0; lane < heads.lanes().size(); lane++) {
            long pruned = heads.pruned().get(lane);
            if (position < pruned) {
                throw NotReplayable.refused("some of it is deleted: lane " + lane + " of " + source
                        + " is kept from after position " + pruned + " on, asked for was from after " + position
                        + "; for all that is kept, take: oldest");
            }
            after.add(Math.min(position, heads.lanes().get(lane)));
        }
        return after;
    }

    private static Move elsewhere(String source, Target target, List<Long> before) {
        if (!(target instanceof Target.Position(long position))) {
            throw NotReplayable.refused(source
                    + " is in another database, or not for this login. Ask there for the position: java -jar outbox.jar"
                    + " position --source " + source + " --at " + target + "; and give it here as position:NUMBER");
        }
        var after = IntStream.range(0, before.size()).mapToObj(lane -> position).toList();
        return new Move(before, after, OptionalLong.empty(), OptionalLong.empty(), 0);
    }
}
