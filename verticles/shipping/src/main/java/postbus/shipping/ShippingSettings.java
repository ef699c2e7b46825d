package postbus.shipping;

import java.time.Duration;
import postbus.node.Settings;

/**
 * What can be set about shipping.
 *
 * @param dispatchAfter {@code DISPATCH_AFTER}, 0 to 1 day: how long picking a paid order takes; until then it can be
 *     stopped
 */
record ShippingSettings(Duration dispatchAfter) {
    static ShippingSettings of(Settings settings) {
        return new ShippingSettings(
                settings.duration("DISPATCH_AFTER", Duration.ofMillis(500), Duration.ZERO, Duration.ofDays(1)));
    }
}
