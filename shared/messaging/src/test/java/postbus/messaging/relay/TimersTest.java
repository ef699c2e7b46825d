package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimersTest {
    private static Vertx vertx;
    private static Context context;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        context = vertx.getOrCreateContext();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    private record Seen(Throwable failure, Context on) {}

    @Test
    void what_takes_too_long_fails_on_the_event_loop_of_who_waits() {
        Promise<Seen> seen = Promise.promise();
        context.runOnContext(go -> Timers.of(vertx)
                .within(Duration.ofMillis(10), Promise.promise().future())
                .onFailure(failure -> seen.complete(new Seen(failure, Vertx.currentContext()))));
        assertThat(seen.future().await().on()).isSameAs(context);
        assertThat(seen.future().await().failure())
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no answer within PT0.01S");
    }

    @Test
    void what_comes_in_time_comes_as_it_is() {
        var within = Duration.ofMinutes(1);
        Promise<String> late = Promise.promise();
        Promise<String> failing = Promise.promise();
        Promise<Future<String>> waited = Promise.promise();
        Promise<Future<String>> failed = Promise.promise();
        context.runOnContext(go -> {
            waited.complete(Timers.of(vertx).within(within, late.future()));
            failed.complete(Timers.of(vertx).within(within, failing.future()));
            late.complete("here");
            failing.fail("not here");
        });
        assertThat(waited.future().await().await()).isEqualTo("here");
        assertThat(failed.future().await().otherwise(Throwable::getMessage).await())
                .isEqualTo("not here");
    }
}
