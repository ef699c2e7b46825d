package postbus.bench.subject;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchTest {
    private final Watch watch = new Watch();

    @Test
    void all_are_handled_when_each_was_and_latency_runs_from_commit_and_from_due() {
        long second = 1_000_000_000;
        watch.begin(10, 2);
        for (int number = 10; number < 12; number++) {
            assertThat(watch.areAllHandled()).isFalse();
            watch.due(number, System.nanoTime() - second);
            watch.committed(Order.of(number));
            watch.handled(Order.of(number));
        }
        assertThat(watch.areAllHandled()).isTrue();
        assertThat(watch.commitToHandler().max())
                .isLessThan(watch.dueToHandler().p50());
        assertThat(watch.dueToHandler().p50()).isGreaterThanOrEqualTo(999);
    }

    @Test
    void a_message_that_comes_again_is_counted_even_in_a_later_measurement() {
        watch.begin(0, 1);
        watch.handled(Order.of(0));
        watch.handled(Order.of(0));
        watch.begin(1, 1);
        watch.handled(Order.of(0));
        assertThat(watch.repeats()).isEqualTo(2);
    }
}
