package postbus.messaging.subscription;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.transaction.Failures;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Batch;

/** What a subscriber does with a batch. Blocks: for virtual threads. */
final class BatchApplier {
    private static final Logger LOG = LoggerFactory.getLogger(BatchApplier.class);

    private final Inbox inbox;
    private final boolean isOneMessageATransaction;

    BatchApplier(Inbox inbox, boolean isOneMessageATransaction) {
        this.inbox = inbox;
        this.isOneMessageATransaction = isOneMessageATransaction;
    }

    /**
     * Applies a batch. All of it in one transaction first; if that fails, message by message, so that what is good
     * goes through and the cursor stops right before the message that fails.
     */
    Ack apply(Batch batch) {
        if (batch.messages().size() > 1 && !isOneMessageATransaction) {
            try {
                return new Ack(inbox.callOnce(work -> handle(batch, work)), null);
            } catch (Exception failure) {
                if (Failures.isUnavailable(failure)) {
                    return refused(batch, batch.after(), failure); // trying each message would only ask for more
                }
                LOG.debug("batch.failed, trying message by message", failure);
            }
        }
        return applyOneByOne(batch);
    }

    private Ack applyOneByOne(Batch batch) {
        long cursor = batch.after();
        for (var single : split(batch)) {
            try {
                cursor = inbox.call(work -> handle(single, work));
            } catch (Exception failure) {
                return refused(single, cursor, failure);
            }
            if (cursor != single.upto()) {
                break; // somebody else moved it: the relay goes on from where it is
            }
        }
        return new Ack(cursor, null);
    }

    /** Batches of one message each that follow each other, the last one reaching as far as the whole. */
    private static List<Batch> split(Batch batch) {
        if (batch.messages().size() <= 1) {
            return List.of(batch);
        }
        var singles = new ArrayList<Batch>(batch.messages().size());
        long after = batch.after();
        for (var iterator = batch.messages().iterator(); iterator.hasNext(); ) {
            var next = iterator.next();
            long upto = iterator.hasNext() ? next.position() : batch.upto();
            singles.add(new Batch(batch.subscription(), batch.source(), batch.lane(), after, upto, List.of(next)));
            after = upto;
        }
        return singles;
    }

    /** Returns where the cursor is afterwards: at the batch's end, or, if it was not at its start, where it was. */
    private static long handle(Batch batch, Inbox.Work work) {
        if (!work.advance(batch)) {
            return work.cursor(batch);
        }
        for (var positioned : batch.messages()) {
            work.handle(positioned.message());
        }
        return batch.upto();
    }

    private static Ack refused(Batch batch, long cursor, Exception failure) {
        var what = batch.messages().isEmpty()
                ? "moving the cursor"
                : batch.messages().get(0).message().type() + " "
                        + batch.messages().get(0).message().id();
        LOG.warn(
                "message.failed subscription={} source={} lane={} position={} message=\"{}\", the relay tries again",
                batch.subscription(),
                batch.source(),
                batch.lane(),
                batch.upto(),
                what,
                failure);
        return new Ack(cursor, failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }
}
