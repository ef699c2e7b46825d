package postbus.messaging.transaction;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Tells failures that pass by themselves from those that do not, of the reactive client as of JDBC. */
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
        return failure instanceof ConcurrentChange || CONFLICTS.contains(sqlState(failure));
    }

    /** This work took longer than a statement, a wait for a lock or a pause in a transaction may take. */
    public static boolean isTimeout(Throwable failure) {
        return TIMEOUTS.contains(sqlState(failure));
    }

    /**
     * Postgres cannot be reached, is starting or stopping, is a replica, has no connection or room to give, or its disk
     * fails.
     */
    public static boolean isUnavailable(Throwable failure) {
        if (failure instanceof PgException || failure instanceof SQLException) {
            var state = sqlState(failure);
            return AWAY.stream().anyMatch(state::startsWith) || state.equals(READ_ONLY);
        }
        return failure instanceof PoolExhausted
                || failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof VertxException;
    }

    /** Empty when Postgres did not say any. */
    private static String sqlState(Throwable failure) {
        @Nullable
        String state = failure instanceof PgException pg
                ? pg.getSqlState()
                : failure instanceof SQLException sql ? sql.getSQLState() : null;
        return state == null ? "" : state;
    }
}
