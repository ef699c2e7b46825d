package postbus.outbox;

import java.time.Duration;
import java.util.List;
import postbus.messaging.MessageType;
import postbus.messaging.relay.RelayOptions;
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
        var relay = new RelayOptions(
                settings.duration("RELAY_TICK", defaults.tick(), Duration.ofMillis(50), minute),
                settings.duration("RELAY_HELLO_EVERY", defaults.helloEvery(), Duration.ofMillis(100), minute),
                settings.integer("BATCH_COUNT_MAX", defaults.batchCountMax(), 1, 10_000),
                settings.integer("BATCH_BYTES_MAX", defaults.batchBytesMax(), 1, 64 << 20),
                settings.integer("CUT_MAX", defaults.cutMax(), 1, 1_000_000),
                settings.duration("REPLY_TIMEOUT", defaults.replyTimeout(), second, minute),
                defaults.backoffMin(),
                settings.duration("RELAY_BACKOFF_MAX", defaults.backoffMax(), second, minute),
                settings.duration("SUBSCRIPTION_TTL", defaults.subscriptionTtl(), second, Duration.ofHours(1)),
                settings.duration("RELAY_SESSION_TIMEOUT", defaults.sessionTimeout(), second, minute));
        if (relay.tick().compareTo(relay.sessionTimeout().dividedBy(2)) > 0) {
            throw new SettingException("RELAY_TICK must be at most half of RELAY_SESSION_TIMEOUT");
        }
        return new OutboxSettings(sources, settings.integer("RELAY_READERS", 4, 1, 100), relay);
    }
}
