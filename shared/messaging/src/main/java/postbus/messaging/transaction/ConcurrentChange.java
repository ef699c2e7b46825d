package postbus.messaging.transaction;

/** Somebody else changed what this transaction was about to change; decide again on the new state. */
public final class ConcurrentChange extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param what the aggregate and the version expected, for the log */
    public ConcurrentChange(String what) {
        super(what, null, false, false);
    }
}
