package postbus.messaging.subscription;

import java.time.Duration;
import postbus.messaging.transaction.Backoff;

/**
 * What becomes of messages that cannot be applied.
 *
 * @param parkedMax most messages of a subscription that are parked, 1 to 100,000; each lane looks for itself, so it may
 *     be exceeded by a batch a lane. Beyond it nothing is parked, and a lane that would waits
 * @param attemptsMax after how many failed attempts a message is a dead letter, 1 to 1,000
 * @param backoff pauses between attempts
 * @param postponedMax how long a message is tried that waits for something else than luck: its handler says later, or no
 *     instance that can read it is there yet; 1 min to 30 days from its first attempt
 * @param retriesMax how many parked messages one instance tries at once, 1 to 64; each needs a database connection
 * @param lookEvery how often an instance looks for parked messages nobody woke it for, 100 ms to 10 min
 */
public record Parking(
        int parkedMax, int attemptsMax, Backoff backoff, Duration postponedMax, int retriesMax, Duration lookEvery) {

    /** 10,000 parked; 10 attempts, after 1 s, doubled up to 10 min; a day; 2 at once; every 5 s. */
    public static final Parking DEFAULT = new Parking(
            10_000,
            10,
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(10)),
            Duration.ofDays(1),
            2,
            Duration.ofSeconds(5));

    public Parking {
        require("parkedMax", parkedMax, 1, 100_000);
        require("attemptsMax", attemptsMax, 1, 1_000);
        require("retriesMax", retriesMax, 1, 64);
    }

    private static void require(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", is " + value);
        }
    }
}
