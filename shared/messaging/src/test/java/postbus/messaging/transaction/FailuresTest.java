package postbus.messaging.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {
    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "57P02", "57P03", "53300", "53100", "58030", "25006"})
    void a_database_that_is_not_there_or_cannot_now_is_unavailable(String sqlState) {
        assertKind(postgres(sqlState), true, false, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void a_race_that_was_lost_is_a_conflict(String sqlState) {
        assertKind(postgres(sqlState), false, true, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"55P03", "57014", "25P03"})
    void work_that_takes_too_long_is_a_timeout(String sqlState) {
        assertKind(postgres(sqlState), false, false, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "42P01", "22P02", "42501", "25P02", "XX000"})
    void the_rest_of_what_postgres_refuses_is_a_bug(String sqlState) {
        assertKind(postgres(sqlState), false, false, false);
    }

    @Test
    void a_connection_that_cannot_be_had_or_kept_is_unavailable() {
        assertKind(new ConnectException("refused"), true, false, false);
        assertKind(ClosedConnectionException.INSTANCE, true, false, false);
        assertKind(new ConnectionPoolTooBusyException("full"), true, false, false);
        assertKind(new PoolExhausted("desk", Duration.ofSeconds(5)), true, false, false);
        assertKind(new TimeoutException(), true, false, false);
        assertKind(new VertxException("closed", true), true, false, false);
    }

    @Test
    void a_bug_of_ours_is_none_of_these() {
        assertKind(new IllegalStateException("bug"), false, false, false);
        assertKind(new NullPointerException(), false, false, false);
    }

    private static PgException postgres(String sqlState) {
        return new PgException("refused", "ERROR", sqlState, "");
    }

    private static void assertKind(Throwable failure, boolean isUnavailable, boolean isConflict, boolean isTimeout) {
        assertThat(Failures.isUnavailable(failure)).as("unavailable").isEqualTo(isUnavailable);
        assertThat(Failures.isConflict(failure)).as("conflict").isEqualTo(isConflict);
        assertThat(Failures.isTimeout(failure)).as("timeout").isEqualTo(isTimeout);
    }
}
