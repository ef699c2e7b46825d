package postbus.gateway;

import java.time.Duration;
import java.util.List;
import postbus.node.Settings;

/**
 * How often one client may ask.
 *
 * @param requests in each window, all at once if need be; 0 for no limit, at most 1,000,000
 * @param window 1 s to 1 day
 * @param trustedProxies addresses, or networks as {@code 10.0.0.0/8}, of those who are believed when they say for whom they ask
 */
record QuotaSettings(int requests, Duration window, List<String> trustedProxies) {
    static QuotaSettings of(Settings settings) {
        return new QuotaSettings(
                settings.integer("RATE_LIMIT", 600, 0, 1_000_000),
                settings.duration(
                        "RATE_LIMIT_WINDOW", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofDays(1)),
                settings.list("TRUSTED_PROXIES", ""));
    }
}
