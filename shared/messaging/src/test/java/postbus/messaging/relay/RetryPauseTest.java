package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import postbus.messaging.wire.Announcement;

/** A subscription that refuses everything, with the clock turned by hand. */
class RetryPauseTest {
    private final List<Duration> pauses = new ArrayList<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Random random = new Random(7);

    private final Timers timers = new Timers() {
        @Override
        public void after(Duration delay, Runnable task) {
            pauses.add(delay);
            waiting.add(task);
        }

        @Override
        public <T> Future<T> within(Duration limit, Future<T> future) {
            return future;
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }
    };

    @Test
    void pauses_between_refused_batches_grow_to_their_limit_and_differ_between_lanes() {
        var lanes = 64;
        var heads = new long[lanes];
        Arrays.fill(heads, 1);
        var subscription = new Subscription(
                "desk",
                "file",
                heads,
                batch -> Future.failedFuture("refused"),
                (lane, after, filter, countMax) -> Future.failedFuture("unreadable"),
                new CatchUp(
                        (lane, after, filter, countMax) -> Future.failedFuture("unreadable"),
                        heads,
                        1,
                        timers::nanoTime)
                .new Allowance(),
                timers,
                RelayOptions.DEFAULT);
        subscription.announced(new Announcement("file", null, Set.of("desk.noted.v1"), Collections.nCopies(lanes, 0L)));
        var first = RelayOptions.DEFAULT.backoffMin();
        var max = RelayOptions.DEFAULT.backoffMax();
        for (int attempt = 1; attempt <= 12; attempt++) {
            var whole = first.multipliedBy(1L << (attempt - 1));
            var longest = whole.compareTo(max) < 0 ? whole : max;
            assertThat(pauses)
                    .hasSize(lanes)
                    .allSatisfy(pause -> assertThat(pause).isBetween(longest.dividedBy(2), longest));
            assertThat(Set.copyOf(pauses)).hasSizeGreaterThan(lanes / 2);
            pauses.clear();
            List.copyOf(waiting).forEach(task -> waiting.remove().run());
        }
    }
}
