package postbus.messaging.subscription;

/** The body cannot become what the handler takes; its cause says why. */
final class UnreadableBody extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableBody(RuntimeException cause) {
        super(cause);
    }
}
