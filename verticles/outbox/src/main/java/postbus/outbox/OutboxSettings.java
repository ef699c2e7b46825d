package postbus.outbox;

import java.time.Duration;
import java.util.List;
import postbus.messaging.MessageType;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.retention.Retention;
import postbus.node.SettingException;
import postbus.node.Settings;

/**
 * What the outbox verticle can be told.
 *
 * @param sources the services whose messages it relays
 * @param readers connections for reading batches of one source
 */
record OutboxSettings(List<String> sources, int readers, RelayOptions relay) {
    private static final String SHOP = "catalog,inventory,ordering,payment,shipping";

    static OutboxSettings of(Settings settings) {
        var sources = settings.list("SOURCES", SHOP);
        for (var source : sources) {
            try {
                MessageType.requireServiceName(source);
            } catch (IllegalArgumentException e) {
                throw new SettingException("SOURCES: " + e.getMessage());
            }
        }
        var defaults = RelayOptions.DEFAULT;
        var second = Duration.ofSeconds(1);
        var minute = Duration.ofMinutes(1);
        var readers = settings.integer("RELAY_READERS", 4, 1, 100);
        var tick = settings.duration("RELAY_TICK", defaults.tick(), Duration.ofMillis(50), minute);
        var sessionTimeout = settings.duration("RELAY_SESSION_TIMEOUT", defaults.sessionTimeout(), second, minute);
        if (!RelayOptions.isTickFit(tick, sessionTimeout)) {
            throw new SettingException("RELAY_TICK must be at most half of RELAY_SESSION_TIMEOUT");
        }
        var relay = new RelayOptions(
                tick,
                settings.duration("RELAY_HELLO_EVERY", defaults.helloEvery(), Duration.ofMillis(100), minute),
                settings.integer("BATCH_COUNT_MAX", defaults.batchCountMax(), 1, 10_000),
                settings.integer("BATCH_BYTES_MAX", defaults.batchBytesMax(), 1, 64 << 20),
                settings.integer("CUT_MAX", defaults.cutMax(), 1, 1_000_000),
                settings.duration("REPLY_TIMEOUT", defaults.replyTimeout(), second, minute),
                defaults.backoffMin(),
                settings.duration("RELAY_BACKOFF_MAX", defaults.backoffMax(), second, minute),
                settings.duration("SUBSCRIPTION_TTL", defaults.subscriptionTtl(), second, Duration.ofHours(1)),
                sessionTimeout,
                settings.integer("RELAY_CATCH_UP_READERS", Math.max(1, readers / 2), 1, 100),
                retention(settings));
        return new OutboxSettings(sources, readers, relay);
    }

    private static Retention.Options retention(Settings settings) {
        var defaults = Retention.Options.DEFAULT;
        var minute = Duration.ofMinutes(1);
        var tenYears = Duration.ofDays(3650);
        return new Retention.Options(
                settings.duration("RETENTION", defaults.keep(), minute, tenYears),
                settings.durationIfSet("RETENTION_HOLD_MAX", minute, tenYears),
                settings.duration("SUBSCRIPTION_MISSED_AFTER", defaults.missedAfter(), minute, tenYears),
                defaults.every(),
                defaults.batchMax());
    }
}
