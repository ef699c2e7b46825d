package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Count;
import postbus.messaging.Notes.CountNotes;
import postbus.messaging.Notes.TakeNote;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.subscription.Parking;
import postbus.messaging.wire.Wire;

@Timeout(120)
class LostDatabaseTest {
    @Test
    void requests_are_answered_unavailable_at_once_when_postgres_cannot_be_reached() {
        var vertx = Vertx.vertx();
        Wire.register(vertx);
        var nowhere = PgConnectOptions.fromUri("postgresql://nobody:none@127.0.0.1:1/none");
        var pool = PgBuilder.pool().connectingTo(nowhere).using(vertx).build();
        var context = new ServiceContext(
                "desk", pool, Clock.systemUTC(), 1_000, Duration.ofMinutes(1), Parking.DEFAULT, Duration.ofDays(7));
        vertx.deployVerticle(new ServiceVerticle(context) {
                    @Override
                    protected void wire(Subscriptions on) {
                        on.request(TakeNote.class, (command, tx) -> {
                            tx.execute("select 1");
                            return new Count(1);
                        });
                        on.query(CountNotes.class, (query, sql) -> {
                            sql.execute("select 1");
                            return new Count(1);
                        });
                    }
                })
                .await();
        var client = new ServiceClient(vertx, Duration.ofSeconds(20));
        var begin = System.nanoTime();
        assertThat(problem(client.ask(new TakeNote("k", 1), Count.class, RequestHeaders.fresh())))
                .isEqualTo(Problem.UNAVAILABLE);
        assertThat(problem(client.askOnce(new CountNotes("k"), Count.class, RequestHeaders.fresh())))
                .isEqualTo(Problem.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("answered, and not timed out")
                .isLessThan(Duration.ofSeconds(20));
        vertx.close().await();
    }

    private static Problem problem(io.vertx.core.Future<?> answer) {
        try {
            answer.await();
        } catch (Refusal refusal) {
            return refusal.problem();
        }
        throw new AssertionError("not refused");
    }
}
