package postbus.notifications;

import java.time.Duration;
import postbus.messaging.transaction.Backoff;
import postbus.node.Settings;
import postbus.node.work.LeasedWorker;

/**
 * What can be set.
 *
 * @param webhooksMax most webhooks that can be registered, 1 to 10,000
 * @param allowLocal whether webhooks may be on this host or in its network
 * @param worker how many webhooks are delivered to at a time, 1 to 1,000; how long one belongs to an instance that fell
 *     silent, 100 ms to 10 min; how often to look without having been woken, 10 ms to 1 min
 * @param timeout how long a receiver may take to answer, 100 ms to 1 min
 * @param attemptsMax how often an event is sent to a receiver that does not accept it, 1 to 100
 * @param backoff waits between attempts: the first 10 ms to 1 min, the longest that to 1 day
 * @param deadKept how long dead deliveries are kept, 1 s to 365 days
 */
record NotificationsSettings(
        int webhooksMax,
        boolean allowLocal,
        LeasedWorker.Options worker,
        Duration timeout,
        int attemptsMax,
        Backoff backoff,
        Duration deadKept) {
    /** Less than a node gives all its services to end. */
    private static final Duration DRAIN_MAX = Duration.ofSeconds(3);

    static NotificationsSettings of(Settings settings) {
        var firstWait = settings.duration(
                "WEBHOOK_BACKOFF", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1));
        var longestWait = settings.duration("WEBHOOK_BACKOFF_MAX", Duration.ofHours(1), firstWait, Duration.ofDays(1));
        return new NotificationsSettings(
                settings.integer("WEBHOOKS_MAX", 1_000, 1, 10_000),
                settings.flag("WEBHOOK_ALLOW_LOCAL", true),
                new LeasedWorker.Options(
                        "webhook-worker",
                        settings.integer("WEBHOOK_CONCURRENCY", 8, 1, 1_000),
                        settings.duration(
                                "WEBHOOK_LEASE",
                                Duration.ofSeconds(15),
                                Duration.ofMillis(100),
                                Duration.ofMinutes(10)),
                        settings.duration(
                                "WEBHOOK_POLL", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1)),
                        DRAIN_MAX),
                settings.duration(
                        "WEBHOOK_TIMEOUT", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMinutes(1)),
                settings.integer("WEBHOOK_ATTEMPTS_MAX", 12, 1, 100),
                new Backoff(firstWait, longestWait),
                settings.duration(
                        "WEBHOOK_DEAD_KEPT", Duration.ofDays(30), Duration.ofSeconds(1), Duration.ofDays(365)));
    }
}
