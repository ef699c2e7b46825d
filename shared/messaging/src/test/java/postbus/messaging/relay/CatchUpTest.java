package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import postbus.messaging.ledger.Ledger;

class CatchUpTest {
    private static final Ledger.Filter ALL = new Ledger.Filter(null, Set.of("desk.noted.v1"));
    private static final long HEAD = 1_000_000;

    private final List<Integer> begun = new ArrayList<>();
    private final List<Promise<List<Ledger.Entry>>> answers = new ArrayList<>();
    private final long[] heads = {HEAD, HEAD, HEAD, HEAD};
    private long nanoTime;
    private final CatchUp reader = new CatchUp(
            (lane, after, filter, countMax) -> {
                begun.add(lane);
                Promise<List<Ledger.Entry>> answer = Promise.promise();
                answers.add(answer);
                return answer.future();
            },
            heads,
            2,
            () -> nanoTime);

    @Test
    void lanes_far_behind_read_a_few_at_a_time_in_the_order_in_which_they_asked() {
        for (int lane : List.of(3, 1, 0, 2)) {
            reader.read(lane, 0, ALL, 100);
        }
        assertThat(begun).containsExactly(3, 1);
        answers.get(1).complete(List.of());
        assertThat(begun).containsExactly(3, 1, 0);
        answers.get(0).fail("lost"); // also a failed read makes room
        assertThat(begun).containsExactly(3, 1, 0, 2);
    }

    @Test
    void lanes_near_their_head_do_not_wait_for_them() {
        reader.read(0, 0, ALL, 100);
        reader.read(1, 0, ALL, 100);
        reader.read(2, 0, ALL, 100);
        reader.read(3, HEAD - CatchUp.FAR_BEHIND, ALL, 100);
        assertThat(begun).containsExactly(0, 1, 3);
    }

    @Test
    void the_answer_comes_through() {
        var entries = List.of(new Ledger.Entry(7, null));
        var read = reader.read(0, 0, ALL, 100);
        answers.get(0).complete(entries);
        assertThat(read.result()).isEqualTo(entries);
        var failed = reader.read(0, 0, ALL, 100);
        answers.get(1).fail("lost");
        assertThat(failed.cause()).hasMessage("lost");
    }

    @Test
    void while_messages_are_cut_a_subscription_far_behind_is_given_those_and_its_gain() {
        var allowance = reader.new Allowance();
        long given = 0;
        long dueAtNanos = 0;
        while (nanoTime < Duration.ofSeconds(100).toNanos()) {
            reader.advanced(10);
            if (nanoTime >= dueAtNanos) {
                dueAtNanos = nanoTime + allowance.restAfter(100, 0, 0).toNanos();
                given += 100;
            }
            nanoTime += Duration.ofMillis(10).toNanos(); // so 1,000/s are cut
        }
        assertThat(given).isBetween(290_000L, 310_000L);
    }

    @Test
    void nothing_rests_near_its_head_or_while_nothing_is_cut_and_what_was_given_then_does_not_count() {
        var allowance = reader.new Allowance();
        assertThat(allowance.restAfter(1_000_000, 0, 0)).isZero();
        reader.advanced(1);
        assertThat(allowance.restAfter(1_000_000, 0, HEAD - CatchUp.FAR_BEHIND)).isZero();
        assertThat(allowance.restAfter(CatchUp.GAIN, 0, 0)).isBetween(Duration.ofMillis(990), Duration.ofSeconds(1));
        nanoTime += CatchUp.LIVE_FOR.toNanos();
        assertThat(allowance.restAfter(1_000_000, 0, 0)).isZero();
    }
}
