package postbus.messaging.transaction;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Statements on a service's own schema, in direct style. Each call sends one prepared statement and waits for its
 * answer; what Postgres refuses is thrown as {@link io.vertx.pgclient.PgException}.
 */
public interface Sql {
    /** Runs a statement; parameters are {@code $1}, {@code $2}, …. */
    RowSet<Row> execute(String statement, Tuple parameters);

    /** Runs a statement with these parameters, in the order of {@code $1}, {@code $2}, …. */
    default RowSet<Row> execute(String statement, @Nullable Object... parameters) {
        return execute(statement, Tuple.from(parameters));
    }

    /** All rows, mapped, in their order. */
    default <T> List<T> list(String statement, Function<Row, T> mapper, @Nullable Object... parameters) {
        var rows = execute(statement, parameters);
        var mapped = new ArrayList<T>(rows.size());
        for (var row : rows) {
            mapped.add(mapper.apply(row));
        }
        return mapped;
    }

    /** The only row, mapped; empty when there is none, {@link IllegalStateException} when there are more. */
    default <T> Optional<T> find(String statement, Function<Row, T> mapper, @Nullable Object... parameters) {
        var rows = execute(statement, parameters);
        if (rows.size() > 1) {
            throw new IllegalStateException("expected one row, got " + rows.size() + ": " + statement);
        }
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(mapper.apply(rows.iterator().next()));
    }

    /** How many rows the statement changed. */
    default int update(String statement, @Nullable Object... parameters) {
        return execute(statement, parameters).rowCount();
    }
}
