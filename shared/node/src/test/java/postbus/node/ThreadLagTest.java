package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadLagTest {
    private long nanos;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ThreadLag lag = new ThreadLag(Map.of("loop", List.of(Runnable::run, tasks::add)), () -> nanos);

    @AfterEach
    void close() {
        lag.close();
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void the_slowest_thread_of_a_kind_counts() {
        lag.tick(0);
        pass(300);
        tasks.remove().run();
        lag.tick(1);
        assertThat(lag.seconds()).isEqualTo(Map.of("loop", 0.3));
    }

    @Test
    void a_thread_that_is_blocked_is_late_by_as_long_as_it_is_so_far_and_gets_no_second_task() {
        lag.tick(0);
        pass(1_000);
        lag.tick(1);
        pass(1_000);
        lag.tick(2);
        assertThat(lag.seconds()).isEqualTo(Map.of("loop", 2.0));
        assertThat(tasks).hasSize(1);
    }

    @Test
    void what_was_long_ago_is_forgotten() {
        lag.tick(0);
        pass(300);
        tasks.remove().run();
        lag.tick(1);
        for (int tick = 2; tick <= 1 + ThreadLag.WINDOW.toSeconds(); tick++) {
            tasks.remove().run();
            lag.tick(tick);
        }
        assertThat(lag.seconds()).isEqualTo(Map.of("loop", 0.0));
    }
}
