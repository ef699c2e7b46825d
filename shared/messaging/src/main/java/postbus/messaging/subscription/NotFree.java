package postbus.messaging.subscription;

/**
 * A cursor was taken to be where its batch begins, not paused, and its lane without held keys, and could not be moved as
 * such. Nothing happened.
 */
final class NotFree extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFree(Throwable refusal) {
        super(refusal);
    }
}
