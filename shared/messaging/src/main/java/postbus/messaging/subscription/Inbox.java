package postbus.messaging.subscription;

import java.util.function.Function;
import postbus.messaging.Envelope;
import postbus.messaging.wire.Batch;

/** A subscriber's own database, as applying batches sees it: one call is one transaction. */
interface Inbox {
    /** Does the work and commits it; when it throws, nothing happened. What loses against another is done again. */
    <T> T call(Function<Work, T> work);

    /** The same, without doing it again. */
    <T> T callOnce(Function<Work, T> work);

    /** An open transaction. */
    interface Work {
        /**
         * Moves the batch's cursor from its start to its end if that is where it is; waits for another transaction that
         * is moving it, and then does not find it there.
         */
        boolean advance(Batch batch);

        /** Where the batch's cursor is. */
        long cursor(Batch batch);

        /** Gives a message to its handler. */
        void handle(Envelope message);
    }
}
