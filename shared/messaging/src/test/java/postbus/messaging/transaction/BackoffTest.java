package postbus.messaging.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @RepeatedTest(200)
    void a_wait_is_between_half_and_all_of_the_doubled_one_and_never_above_the_limit() {
        var seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        var first = Duration.ofMillis(random.nextLong(1, 100_000));
        var max = first.plusMillis(random.nextLong(0, 10_000_000));
        int attempts = random.nextInt(1, 200);

        var wait = new Backoff(first, max).after(attempts, random);

        double whole = Math.min(first.toNanos() * Math.pow(2, attempts - 1), (double) max.toNanos());
        assertThat((double) wait.toNanos())
                .as("seed %d, attempt %d of %s to %s", seed, attempts, first, max)
                .isBetween(Math.floor(whole / 2), whole);
    }

    @Test
    void the_longest_wait_is_not_shorter_than_the_first() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }

    @Test
    void there_is_no_wait_before_the_first_attempt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)).after(0));
    }
}
