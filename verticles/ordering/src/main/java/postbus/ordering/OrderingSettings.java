package postbus.ordering;

import java.time.Duration;
import postbus.node.Settings;

/**
 * What can be set.
 *
 * @param snapshotAfter an order gets a snapshot when more events than this were recorded since the last, 1 to 10,000
 * @param deadlines how long an order may stay in a stage
 */
record OrderingSettings(int snapshotAfter, Deadlines deadlines) {
    private static final Duration DEADLINE_MIN = Duration.ofMillis(10);
    private static final Duration DEADLINE_MAX = Duration.ofDays(30);

    static OrderingSettings of(Settings settings) {
        return new OrderingSettings(
                settings.integer("SNAPSHOT_AFTER", 20, 1, 10_000),
                new Deadlines(
                        settings.duration("STOCK_DEADLINE", Duration.ofSeconds(15), DEADLINE_MIN, DEADLINE_MAX),
                        settings.duration("PAYMENT_DEADLINE", Duration.ofSeconds(15), DEADLINE_MIN, DEADLINE_MAX),
                        settings.duration("DISPATCH_DEADLINE", Duration.ofHours(1), DEADLINE_MIN, DEADLINE_MAX)));
    }
}
