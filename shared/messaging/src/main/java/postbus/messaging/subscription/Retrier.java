package postbus.messaging.subscription;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Observer;

/**
 * Tries a parked message again. The row is locked, handled and deleted in one transaction: one instance at a time, and
 * a crash leaves it as it was. Nothing else is locked; see {@link BatchApplier} for what comes after it in its key.
 * Blocks: for virtual threads.
 */
final class Retrier {
    private static final Logger LOG = LoggerFactory.getLogger(Retrier.class);

    private final Inbox inbox;
    private final ParkingLot lot;
    private final String subscription;
    private final Observer observer;

    /** @param observer is told what is tried again, and applied */
    Retrier(Inbox inbox, ParkingLot lot, String subscription, Observer observer) {
        this.inbox = inbox;
        this.lot = lot;
        this.subscription = subscription;
        this.observer = observer;
    }

    /** Tries a message, if it still is its turn. False when nothing changed. */
    boolean retry(Inbox.Turn turn) {
        var attempt = new Attempt(turn);
        try {
            var isApplied = inbox.call(attempt::apply);
            tell(attempt, isApplied);
            return isApplied;
        } catch (Exception | Error failure) {
            BatchApplier.requireToGoOn(failure);
            if (attempt.taken == null || !attempt.phase.isOfTheMessage(failure)) {
                LOG.debug("retry.refused source={} position={}", turn.source(), turn.position(), failure);
                return false;
            }
            tell(attempt, false);
            return park(attempt.taken, failure);
        }
    }

    private void tell(Attempt attempt, boolean isApplied) {
        var taken = attempt.taken;
        if (taken != null) {
            observer.retried(subscription, taken.message().source());
            if (isApplied) {
                observer.applied(subscription, List.of(taken.message()));
            }
        }
    }

    /** One transaction, perhaps done again. */
    private static final class Attempt {
        private final Inbox.Turn turn;
        private final Phase phase = new Phase();
        private @Nullable Parked taken;

        Attempt(Inbox.Turn turn) {
            this.turn = turn;
        }

        boolean apply(Inbox.Work work) {
            phase.taking();
            taken = work.take(turn).orElse(null);
            if (taken == null) {
                return false;
            }
            phase.handling();
            NotDone.requireDone(work.handle(taken.message()));
            phase.parking();
            work.unpark(taken);
            phase.committing();
            return true;
        }
    }

    /**
     * In a transaction of its own, so for a moment the message is as due as before: another instance may try it too, and
     * whichever writes first counts.
     */
    private boolean park(Parked before, Throwable failure) {
        try {
            var after = inbox.call(work -> {
                var failed = lot.failed(before, Failure.of(failure), work.now());
                return work.replace(before, failed) ? failed : before;
            });
            if (after != before) {
                lot.tell(after, failure);
            }
            return true;
        } catch (Exception | Error unwritten) {
            BatchApplier.requireToGoOn(unwritten);
            LOG.debug("retry.unwritten position={}, it stays due", before.position(), unwritten);
            return false;
        }
    }
}
