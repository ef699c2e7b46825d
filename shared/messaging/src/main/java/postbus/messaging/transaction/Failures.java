package postbus.messaging.transaction;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Tells failures that pass by themselves from those that do not. */
public final class Failures {
    private Failures() {}

    /**
     * The same work may succeed at once when it is done again: a deadlock, a serialization failure, or another
     * transaction that changed the same aggregate first.
     */
    public static boolean isConflict(Throwable failure) {
        return failure instanceof ConcurrentChange
                || (failure instanceof PgException pg
                        && (pg.getSqlState().equals("40001") || pg.getSqlState().equals("40P01")));
    }

    /** Postgres cannot be reached, is starting or stopping, or has no connection to give. */
    public static boolean isUnavailable(Throwable failure) {
        if (failure instanceof PgException pg) {
            var state = pg.getSqlState();
            return state != null && (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53"));
        }
        return failure instanceof PoolExhausted
                || failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof VertxException;
    }
}
