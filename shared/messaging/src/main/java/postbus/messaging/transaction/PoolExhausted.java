package postbus.messaging.transaction;

import java.time.Duration;

/** No database connection became free in time. */
public final class PoolExhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PoolExhausted(String service, Duration waited) {
        super(
                "no database connection of " + service + " became free within " + waited.toSeconds() + " s",
                null,
                false,
                false);
    }
}
