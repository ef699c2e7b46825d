package postbus.messaging.replay;

/** What was asked for cannot be done; the message says why, and what to do instead. */
public final class NotReplayable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean isUnknown;

    private NotReplayable(boolean isUnknown, String message) {
        super(message);
        this.isUnknown = isUnknown;
    }

    /** The subscription has no such source. */
    static NotReplayable unknown(String message) {
        return new NotReplayable(true, message);
    }

    /** There is one, and it does not allow this. */
    static NotReplayable refused(String message) {
        return new NotReplayable(false, message);
    }

    public boolean isUnknown() {
        return isUnknown;
    }
}
