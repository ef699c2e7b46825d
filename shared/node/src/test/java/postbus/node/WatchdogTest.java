package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final AtomicLong collectingMillis = new AtomicLong();
    private final List<String> stuck = new ArrayList<>();
    private final Watchdog watchdog =
            new Watchdog(Map.of("loop", loop::add), Duration.ofSeconds(10), collectingMillis::get, stuck::add);

    @Test
    void threads_that_come_round_are_not_stuck() {
        for (int second = 0; second < 100; second++) {
            assertThat(watchdog.tick(SECOND)).isFalse();
            loop.remove().run();
        }
        assertThat(stuck).isEmpty();
    }

    @Test
    void threads_that_do_not_come_round_are_stuck_after_the_limit_and_asked_once() {
        watchdog.tick(SECOND);
        for (int second = 1; second < 10; second++) {
            assertThat(watchdog.tick(SECOND)).as("after %s s", second).isFalse();
        }
        assertThat(watchdog.tick(SECOND)).isTrue();
        assertThat(stuck).containsExactly("loop blocked for PT10S");
        assertThat(loop).hasSize(1);
    }

    @Test
    void threads_that_have_ended_are_not_stuck_and_not_watched() throws InterruptedException {
        var ended = Executors.newSingleThreadExecutor();
        ended.shutdown();
        assertThat(ended.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
        assertThat(new Watchdog(Map.of("loop", ended), SECOND, () -> 0, stuck::add).tick(SECOND))
                .isTrue();
        assertThat(stuck).isEmpty();
    }

    @Test
    void a_process_that_was_stopped_finds_nothing_stuck() {
        watchdog.tick(SECOND);
        assertThat(watchdog.tick(Duration.ofHours(1))).isFalse();
        loop.remove().run();
        collectingMillis.addAndGet(3_600_000); // stopped in the middle of a collection
        for (int second = 0; second < 100; second++) {
            assertThat(watchdog.tick(second == 0 ? Duration.ofHours(1) : SECOND))
                    .isFalse();
            loop.remove().run();
        }
    }

    @Test
    void a_jvm_that_does_little_but_collect_garbage_is_stuck_after_the_limit() {
        for (int second = 1; second <= 10; second++) {
            collectingMillis.addAndGet(950);
            assertThat(watchdog.tick(SECOND)).as("after %s s", second).isEqualTo(second == 10);
            loop.remove().run();
        }
        assertThat(stuck).singleElement().asString().contains("the heap is too small");
    }

    @Test
    void a_jvm_that_collects_much_and_works_is_not_stuck() {
        for (int second = 0; second < 100; second++) {
            collectingMillis.addAndGet(second % 5 == 0 ? 800 : 950);
            assertThat(watchdog.tick(SECOND)).isFalse();
            loop.remove().run();
        }
    }
}
