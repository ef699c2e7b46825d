package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.MessageJson;
import postbus.messaging.Notes.Count;
import postbus.messaging.Notes.CountNotes;
import postbus.messaging.Notes.TakeNote;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.wire.Addresses;

/** Services of a few lines on a real bus, without a database: away, or losing what they are asked. */
@Timeout(60)
class ServiceClientTest {
    private static final String COUNT = "desk.count-notes.v1";
    private static final String TAKE = "desk.take-note.v1";

    private final Vertx vertx = Vertx.vertx();
    private final ServiceClient client = new ServiceClient(vertx, Duration.ofSeconds(30));
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() {
        vertx.close().await();
    }

    @Test
    void a_command_without_a_key_waits_for_a_service_that_is_away() {
        var answer = client.ask(new TakeNote("k", 1), Count.class, RequestHeaders.fresh());
        on(TAKE, this::count);
        assertThat(answer.await()).isEqualTo(new Count(1));
    }

    @Test
    void a_query_that_is_lost_is_asked_again() {
        loseFirst(COUNT);
        assertThat(client.ask(new CountNotes("k"), Count.class, RequestHeaders.fresh())
                        .await())
                .isEqualTo(new Count(2));
    }

    @Test
    void a_command_under_a_key_that_is_lost_is_sent_again() {
        loseFirst(TAKE);
        var headers = RequestHeaders.fresh().withIdempotencyKey("key");
        assertThat(client.ask(new TakeNote("k", 1), Count.class, headers).await())
                .isEqualTo(new Count(2));
    }

    @Test
    void a_command_without_a_key_that_somebody_took_is_not_sent_again() {
        loseFirst(TAKE);
        var brief = client.within(Duration.ofSeconds(3));
        assertThatThrownBy(() -> brief.ask(new TakeNote("k", 1), Count.class, RequestHeaders.fresh())
                        .await())
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.problem()).isEqualTo(Problem.UNAVAILABLE));
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_service_that_is_away_for_longer_is_unavailable() {
        var brief = client.within(Duration.ofMillis(200));
        assertThatThrownBy(() -> brief.ask(new CountNotes("k"), Count.class, RequestHeaders.fresh())
                        .await())
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.problem()).isEqualTo(Problem.UNAVAILABLE));
    }

    @Test
    void one_more_than_may_wait_fails_at_once_and_takes_nobodys_place() {
        var waiting = new ArrayList<Future<Count>>();
        for (int i = 0; i < ServiceClient.WAITING_MAX; i++) {
            waiting.add(client.ask(new CountNotes("k"), Count.class, RequestHeaders.fresh()));
        }
        // All that wait have been refused before this one is: the bus refuses in order, on one event loop
        var oneMore = client.ask(new CountNotes("k"), Count.class, RequestHeaders.fresh());
        assertThatThrownBy(oneMore::await)
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.problem()).isEqualTo(Problem.UNAVAILABLE));
        assertThat(waiting).noneMatch(Future::isComplete);

        on(COUNT, this::count);
        Future.all(waiting).await();
        assertThat(client.ask(new CountNotes("k"), Count.class, RequestHeaders.fresh())
                        .await())
                .isNotNull();
    }

    private void count(Message<Buffer> message) {
        message.reply(MessageJson.write(new Count(asked.incrementAndGet())));
    }

    private void loseFirst(String type) {
        on(type, message -> {
            int times = asked.incrementAndGet();
            if (times > 1) {
                message.reply(MessageJson.write(new Count(times)));
            }
        });
    }

    private void on(String type, Handler<Message<Buffer>> handler) {
        MessageConsumer<Buffer> service = vertx.eventBus().consumer(Addresses.request(type), handler);
        service.completion().await();
    }
}
