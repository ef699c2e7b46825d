package postbus.messaging.subscription;

/** Nothing here can handle this type. */
final class UnknownType extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownType(String type) {
        super("no handler for " + type + " nor for an older version of it", null, false, false);
    }
}
