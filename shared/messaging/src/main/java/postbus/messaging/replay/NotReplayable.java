package postbus.messaging.replay;

/** What was asked for cannot be done; the message says why, and what to do instead. */
public final class NotReplayable extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotReplayable(String message) {
        super(message);
    }
}
