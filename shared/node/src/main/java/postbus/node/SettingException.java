package postbus.node;

/** A setting is missing or wrong. The message is one line for the person who starts the node. */
public final class SettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SettingException(String message) {
        super(message);
    }
}
