package postbus.messaging.subscription;

/** Carries an outcome that is not done out of the transaction, which it rolls back. */
final class NotDone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    NotDone(Outcome outcome) {
        super(outcome.toString(), null, false, false);
        this.outcome = outcome;
    }

    static void requireDone(Outcome outcome) {
        if (!(outcome instanceof Outcome.Done)) {
            throw new NotDone(outcome);
        }
    }

    Outcome outcome() {
        return outcome;
    }
}
