package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatchSizeTest {
    private static final int MAX = 1_000;

    private final BatchSize size = new BatchSize(MAX);

    @Test
    void full_batches_that_are_quickly_applied_grow_up_to_the_limit() {
        assertThat(size.count()).isEqualTo(BatchSize.AT_FIRST);
        size.took(100, BatchSize.QUICK.toNanos() - 1);
        assertThat(size.count()).isEqualTo(200);
        for (int i = 0; i < 10; i++) {
            size.took(size.count(), 0);
        }
        assertThat(size.count()).isEqualTo(MAX);
    }

    @Test
    void a_batch_that_was_not_full_tells_nothing() {
        size.took(99, 0);
        assertThat(size.count()).isEqualTo(BatchSize.AT_FIRST);
    }

    @Test
    void slow_batches_shrink_down_to_one_message() {
        for (int i = 0; i < 20; i++) {
            size.took(1, BatchSize.SLOW.toNanos() + 1);
        }
        assertThat(size.count()).isOne();
        size.took(1, 0);
        assertThat(size.count()).isEqualTo(2);
    }

    @Test
    void in_between_it_stays_as_it_is() {
        size.took(100, BatchSize.QUICK.toNanos());
        size.took(100, BatchSize.SLOW.toNanos());
        assertThat(size.count()).isEqualTo(BatchSize.AT_FIRST);
    }

    @Test
    void a_small_limit_is_kept_from_the_beginning() {
        assertThat(new BatchSize(10).count()).isEqualTo(10);
    }
}
