package postbus.payment;

import java.time.Duration;
import postbus.messaging.transaction.Backoff;
import postbus.node.Settings;
import postbus.node.work.LeasedWorker;

/**
 * @param slowAfter when the simulated provider answers for {@code tok_slow}, 0 to 10 min; longer than ordering waits for
 *     a payment, or nobody sees that deadline pass
 * @param worker how many calls of the provider at a time, 1 to 1,000; how long an instance that fell silent keeps a
 *     payment, 100 ms to 10 min; how often to look without having been woken, 10 ms to 1 min
 * @param attemptsMax how often a charge is tried before it counts as declined, 1 to 100
 * @param backoff waits between attempts: the first 10 ms to 1 min, the longest that to 1 h
 */
record PaymentSettings(Duration slowAfter, LeasedWorker.Options worker, int attemptsMax, Backoff backoff) {
    /** Less than a node gives all its services to end. */
    private static final Duration DRAIN_MAX = Duration.ofSeconds(3);

    static PaymentSettings of(Settings settings) {
        var worker = new LeasedWorker.Options(
                "payment-worker",
                settings.integer("PAYMENT_CONCURRENCY", 16, 1, 1_000),
                settings.duration(
                        "PAYMENT_LEASE", Duration.ofSeconds(15), Duration.ofMillis(100), Duration.ofMinutes(10)),
                settings.duration("PAYMENT_POLL", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1)),
                DRAIN_MAX);
        var firstWait = settings.duration(
                "PAYMENT_BACKOFF", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1));
        var longestWait =
                settings.duration("PAYMENT_BACKOFF_MAX", Duration.ofMinutes(1), firstWait, Duration.ofHours(1));
        return new PaymentSettings(
                settings.duration("PAYMENT_SLOW_AFTER", Duration.ofSeconds(30), Duration.ZERO, Duration.ofMinutes(10)),
                worker,
                settings.integer("PAYMENT_ATTEMPTS_MAX", 8, 1, 100),
                new Backoff(firstWait, longestWait));
    }
}
