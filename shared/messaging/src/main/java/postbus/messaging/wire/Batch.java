package postbus.messaging.wire;

import java.util.Comparator;
import java.util.List;
import postbus.messaging.Envelope;

/**
 * Messages of one lane for one subscription. It says which cursor it follows and which it reaches, so whoever applies
 * it knows at once whether it is the next one, an old one, or one too early. Positions between the messages are of
 * messages the subscription did not ask for.
 *
 * @param after the cursor it follows
 * @param upto the cursor it reaches, at least the last message's position
 * @param messages in order of position; may be empty, then it only moves the cursor
 */
public record Batch(String subscription, String source, int lane, long after, long upto, List<Positioned> messages) {
    /**
     * In which cursors are moved by whoever moves several in one transaction: two of them that took turns would wait for
     * each other.
     */
    public static final Comparator<Batch> CURSOR_ORDER =
            Comparator.comparing(Batch::source).thenComparingInt(Batch::lane);

    public Batch {
        messages = List.copyOf(messages);
    }

    /** A message and its place in its source's ledger. */
    public record Positioned(long position, Envelope message) {}
}
