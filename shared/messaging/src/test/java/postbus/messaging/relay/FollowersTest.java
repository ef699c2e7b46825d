package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Follow;
import postbus.messaging.wire.Followed;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** A relay as one sees it who follows its source's events. */
@Timeout(120)
class FollowersTest {
    private static final int PAGE = 500;

    private Vertx vertx;
    private Source desk;
    private String deployment;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        startRelay();
    }

    private void startRelay() {
        var relay = new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK);
        deployment = vertx.deployVerticle(relay).await();
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void who_asks_for_now_is_told_the_last_position_at_once() {
        publish(3);
        await(3);

        var now = ask(Follow.NOW).await();

        assertThat(now.upto()).isEqualTo(3);
        assertThat(now.events()).isEmpty();
    }

    @Test
    void who_has_everything_waits_for_the_next_events() {
        publish(1);
        await(1);
        var next = ask(1);

        publish(1);

        assertThat(next.await().events()).extracting(event -> event.position()).containsExactly(2L);
        assertThat(next.result().upto()).isEqualTo(2);
    }

    @Test
    void when_nothing_happens_who_waits_is_told_so() {
        await(0);

        var nothing = ask(0).await();

        assertThat(nothing.events()).isEmpty();
        assertThat(nothing.upto()).isZero();
    }

    @Test
    void commands_are_passed_over() {
        desk.transactions().run(Cause.none(), tx -> {
            tx.send(new Keep("a", 1));
            tx.publish(new Noted("a", 2));
        });
        await(2);

        var followed = ask(0).await();

        assertThat(followed.events()).extracting(event -> event.position()).containsExactly(2L);
    }

    @Test
    void who_is_behind_gets_all_that_is_kept_page_by_page_whether_the_relay_remembers_it_or_not() {
        publish(PAGE * 2 + 1);
        await(PAGE * 2 + 1);

        assertThat(followToEnd()).isEqualTo(numbers(PAGE * 2 + 1));
        vertx.undeploy(deployment).await();
        startRelay(); // remembers nothing
        assertThat(followToEnd()).isEqualTo(numbers(PAGE * 2 + 1));
    }

    private List<Long> followToEnd() {
        var positions = new ArrayList<Long>();
        for (long after = 0; after < PAGE * 2 + 1; ) {
            var page = untilAnswered(after);
            assertThat(page.events().size()).isLessThanOrEqualTo(PAGE);
            page.events().forEach(event -> positions.add(event.position()));
            after = page.upto();
        }
        return positions;
    }

    private static List<Long> numbers(int upto) {
        return IntStream.rangeClosed(1, upto).mapToObj(Long::valueOf).toList();
    }

    @Test
    void who_asks_for_what_was_deleted_is_told_of_the_gap() {
        publish(20);
        await(20);
        vertx.undeploy(deployment).await();
        desk.ddl("delete from outbox; delete from ledger; update ledger_pruned set position = 20");
        startRelay();

        var followed = untilAnswered(10);

        assertThat(followed.isGap()).isTrue();
        assertThat(followed.upto()).isEqualTo(20);
    }

    @Test
    void who_waits_for_a_relay_that_leaves_is_refused() {
        await(0);
        var waiting = ask(0);

        vertx.undeploy(deployment).await();

        assertThatThrownBy(waiting::await).hasMessageContaining("leads no longer");
    }

    private void publish(int count) {
        desk.transactions().run(Cause.none(), tx -> {
            for (int i = 0; i < count; i++) {
                tx.publish(new Noted("key" + i, i));
            }
        });
    }

    /** Until the relay leads and has cut so many. */
    private void await(long position) {
        while (untilAnswered(Follow.NOW).upto() < position) {
            Thread.onSpinWait();
        }
    }

    private Followed untilAnswered(long after) {
        while (true) {
            var answer = ask(after).otherwiseEmpty().await();
            if (answer != null) {
                return answer;
            }
        }
    }

    private Future<Followed> ask(long after) {
        return vertx.eventBus()
                .<Followed>request(
                        Addresses.follow("desk"),
                        new Follow(after).toJson(),
                        new DeliveryOptions().setSendTimeout(20_000))
                .map(answer -> answer.body());
    }
}
