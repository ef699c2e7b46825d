package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Count;
import postbus.messaging.Notes.CountNotes;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.wire.Wire;

@Timeout(60)
class ReplyTest {
    private final Vertx vertx = Vertx.vertx();
    private final ServiceClient client = new ServiceClient(vertx, Duration.ofSeconds(30));

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private void answerWith(Supplier<Record> answer) {
        Wire.register(vertx);
        var nowhere = PgConnectOptions.fromUri("postgresql://nobody:none@127.0.0.1:1/none");
        var pool = PgBuilder.pool().connectingTo(nowhere).using(vertx).build();
        var context = new ServiceContext("desk", pool);
        vertx.deployVerticle(new ServiceVerticle(context) {
                    @Override
                    protected void wire(Subscriptions on) {
                        on.query(CountNotes.class, (query, sql) -> answer.get());
                    }
                })
                .await();
    }

    @Test
    void a_request_is_answered_with_the_record_it_declares() {
        answerWith(() -> new Count(7));
        assertThat(client.ask(new CountNotes("k"), Count.class, RequestHeaders.fresh())
                        .await())
                .isEqualTo(new Count(7));
    }

    @Test
    void another_record_is_a_bug_of_the_service_and_is_not_sent() {
        answerWith(() -> new Noted("k", 7));
        assertThatThrownBy(() -> client.ask(new CountNotes("k"), Count.class, RequestHeaders.fresh())
                        .await())
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.problem()).isEqualTo(Problem.INTERNAL));
    }

    @Test
    void to_expect_another_record_is_a_bug_of_the_caller() {
        assertThatThrownBy(() -> client.ask(new CountNotes("k"), Noted.class, RequestHeaders.fresh()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("desk.count-notes.v1 is answered with");
    }

    @Test
    void what_declares_no_reply_cannot_be_asked_for() {
        var on = new Subscriptions("file", key -> true);
        assertThatThrownBy(() -> on.request(Keep.class, (command, tx) -> new Count(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no @Reply");
    }
}
