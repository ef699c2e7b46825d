package postbus.messaging.transaction;

/** No database connection became free in time. */
public final class PoolExhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PoolExhausted(String service, int seconds) {
        super("no database connection of " + service + " became free within " + seconds + " s", null, false, false);
    }
}
