package postbus.messaging.subscription;

import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.trail.Signed;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;

/**
 * Lets people stop a subscription from taking the messages of a source, and go on later with the next one. Each pause
 * and resume is kept with who wanted it, when and why. Blocks: for virtual threads and commands.
 *
 * <p>Once {@link #pause} returns, no instance on any node applies a message of that source, parked ones included, until
 * somebody resumes it, however often nodes restart meanwhile. Why: it takes the row locks of the cursors, so batches in
 * hand are committed before it, and those after it do not find a cursor that may be moved; and it takes a lock that
 * every attempt at a parked message shares, so these are over too, and the next ones see the pause.
 *
 * <p>What was published is kept for the subscription meanwhile, as for one that is away. Other sources, and other
 * subscriptions of the source, do not notice.
 */
public final class Pauses {
    private final Transactions transactions;
    private final String subscription;

    /**
     * @param transactions on the schema of the subscription's service
     * @param subscription its name, which is that of its service
     */
    public Pauses(Transactions transactions, String subscription) {
        this.transactions = transactions;
        this.subscription = subscription;
    }

    /**
     * Waits for what is in hand, at most as long as a statement may take. False when it was paused before: then nothing
     * is noted.
     */
    public boolean pause(String source, Signed signed) {
        return transactions.call(Cause.none(), tx -> {
            PauseTable.awaitRetries(tx, subscription, source);
            return set(tx, source, true, "pause", signed);
        });
    }

    /**
     * False when it was not paused: then nothing is noted. Instances find out within their announceEvery, see {@link
     * DurableSubscriber#announceSoon} for at once.
     */
    public boolean resume(String source, Signed signed) {
        return transactions.call(Cause.none(), tx -> set(tx, source, false, "resume", signed));
    }

    private boolean set(Transaction tx, String source, boolean isWanted, String decision, Signed signed) {
        var lanes = PauseTable.lock(tx, subscription, source);
        if (lanes.isEmpty()) {
            throw new Refusal(
                    Problem.NOT_FOUND,
                    subscription + " has no cursors for " + source + ": it never heard of it, or the name is wrong");
        }
        if (lanes.stream().allMatch(isPaused -> isPaused == isWanted)) {
            return false;
        }
        PauseTable.set(tx, subscription, source, isWanted);
        PauseTable.note(tx, subscription, source, decision, tx.now(), signed);
        return true;
    }
}
