package postbus.messaging.ledger;

/** Some of what a reader asked for was deleted by retention: to go on would be a gap. */
public final class MessagesPruned extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long upto;

    MessagesPruned(int lane, long after, long upto) {
        super("lane " + lane + " is kept from after position " + upto + " on, asked for after " + after);
        this.upto = upto;
    }

    /** The last position that was deleted in the lane. */
    public long upto() {
        return upto;
    }
}
