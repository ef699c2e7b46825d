package postbus.messaging.transaction;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Tells failures that pass by themselves from those that do not. */
public final class Failures {
    /** Serialization failure, deadlock. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

    /** Of waiting for a lock, of a statement, of a transaction left open. */
    private static final Set<String> TIMEOUTS = Set.of("55P03", "57014", "25P03");

    /** Connection, resources, shutdown, disk: beginnings of what Postgres says. */
    private static final Set<String> AWAY = Set.of("08", "53", "57P", "58");

    /** By a server that is, or became, a replica: read_only_sql_transaction. */
    private static final String READ_ONLY = "25006";

    private Failures() {}

    /**
     * The same work may succeed at once when it is done again: a deadlock, a serialization failure, or another
     * transaction that changed the same aggregate first.
     */
    public static boolean isConflict(Throwable failure) {
        return failure instanceof ConcurrentChange
                || (failure instanceof PgException pg && CONFLICTS.contains(String.valueOf(pg.getSqlState())));
    }

    /** This work took longer than a statement, a wait for a lock or a pause in a transaction may take. */
    public static boolean isTimeout(Throwable failure) {
        return failure instanceof PgException pg && TIMEOUTS.contains(String.valueOf(pg.getSqlState()));
    }

    /**
     * Postgres cannot be reached, is starting or stopping, is a replica, has no connection or room to give, or its disk
     * fails.
     */
    public static boolean isUnavailable(Throwable failure) {
        if (failure instanceof PgException pg) {
            var state = String.valueOf(pg.getSqlState());
            return AWAY.stream().anyMatch(state::startsWith) || state.equals(READ_ONLY);
        }
        return failure instanceof PoolExhausted
                || failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof VertxException;
    }
}
