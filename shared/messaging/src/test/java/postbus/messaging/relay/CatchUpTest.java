package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
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
    private final CatchUp reader = new CatchUp(
            (lane, after, filter) -> {
                begun.add(lane);
                Promise<List<Ledger.Entry>> answer = Promise.promise();
                answers.add(answer);
                return answer.future();
            },
            heads,
            2);

    @Test
    void lanes_far_behind_read_a_few_at_a_time_in_the_order_in_which_they_asked() {
        for (int lane : List.of(3, 1, 0, 2)) {
            reader.read(lane, 0, ALL);
        }
        assertThat(begun).containsExactly(3, 1);
        answers.get(1).complete(List.of());
        assertThat(begun).containsExactly(3, 1, 0);
        answers.get(0).fail("lost"); // also a failed read makes room
        assertThat(begun).containsExactly(3, 1, 0, 2);
    }

    @Test
    void lanes_near_their_head_do_not_wait_for_them() {
        reader.read(0, 0, ALL);
        reader.read(1, 0, ALL);
        reader.read(2, 0, ALL);
        reader.read(3, HEAD - CatchUp.FAR_BEHIND, ALL);
        assertThat(begun).containsExactly(0, 1, 3);
    }

    @Test
    void the_answer_comes_through() {
        var entries = List.of(new Ledger.Entry(7, null));
        var read = reader.read(0, 0, ALL);
        answers.get(0).complete(entries);
        assertThat(read.result()).isEqualTo(entries);
        var failed = reader.read(0, 0, ALL);
        answers.get(1).fail("lost");
        assertThat(failed.cause()).hasMessage("lost");
    }
}
