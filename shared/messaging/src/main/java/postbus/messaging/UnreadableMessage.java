package postbus.messaging;

/** A body that does not fit the class it is to become. Trying again does not help. */
public final class UnreadableMessage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreadableMessage(Class<?> type, Throwable cause) {
        super("not a " + type.getName() + ": " + cause.getMessage(), cause);
    }
}
