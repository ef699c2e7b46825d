package postbus.messaging.subscription;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import postbus.messaging.Envelope;
import postbus.messaging.wire.Batch;

/** A subscriber's own database, as applying and retrying see it: one call is one transaction. */
interface Inbox {
    /** Does the work and commits it; when it throws, nothing happened. What loses against another is done again. */
    <T> T call(Function<Work, T> work);

    /** The same, without doing it again. */
    <T> T callOnce(Function<Work, T> work);

    /**
     * Parked messages whose turn it is once they are due: the first of each held key, and those that hold none, of
     * sources that are not paused. The soonest first. Nothing is locked, so another may be quicker.
     */
    List<Turn> turns(int countMax);

    /** @param dueIn until it may be tried; zero or negative when it is due */
    record Turn(String source, long position, Duration dueIn) {}

    /** What became of a cursor. */
    enum Advance {
        /** It is not where the batch begins, or paused, and stays where it is. */
        NOT_NEXT,
        /** It moved, and no key of the lane is held. */
        MOVED,
        /** It moved, and some key of the lane is held. */
        MOVED_WITH_HELD_KEYS
    }

    /** @param isPaused it stays where it is until a person resumes it */
    record Cursor(long position, boolean isPaused) {}

    /** An open transaction. */
    interface Work {
        /**
         * Moves each batch's cursor from its start to its end if that is where it is; waits for another transaction that
         * is moving it, and then does not find it there. Comes first; from then on no other transaction parks in these
         * lanes. What became of each, in the order of the batches.
         */
        List<Advance> advance(List<Batch> batches);

        /**
         * The same without waiting for what becomes of them: unless all of them move and no key of their lanes is held,
         * the work fails, whatever was done in between.
         */
        void requireAdvance(List<Batch> batches);

        /** Where the batch's cursor is, seen anew. */
        Cursor cursor(Batch batch);

        /** Which keys of a batch's messages are held by what is parked, seen anew. */
        Set<String> heldKeys(Batch batch);

        /** Gives a message to its handler. */
        Outcome handle(Envelope message);

        /** Gives messages to their handlers, in order; an outcome that is not done is thrown as {@link NotDone}. */
        void handleAll(List<Envelope> messages);

        /** The time of parking and retrying. */
        Instant now();

        /**
         * Parks messages; what is parked at its position already stays as it is. False, and nothing is parked, when
         * there would be too many.
         */
        boolean park(List<Parked> messages, int parkedMax);

        /**
         * Takes a parked message if it still is its turn, it is due and its source not paused, and keeps others from it
         * until the transaction ends; empty when it is not, or another has it.
         */
        Optional<Parked> take(Turn turn);

        /** Forgets a message that was taken: it is applied. */
        void unpark(Parked taken);

        /** Writes what became of a parked message, unless it changed in between: then false. */
        boolean replace(Parked before, Parked after);
    }
}
