package postbus.messaging.relay;

import java.util.List;

/**
 * What a relay can tell of its source.
 *
 * @param isActive whether it leads; if not, it knows nothing of the rest
 * @param position the last position given
 * @param subscriptions those that are there or registered, by name
 */
public record RelayStatus(String source, boolean isActive, long position, List<Progress> subscriptions) {
    public RelayStatus {
        subscriptions = List.copyOf(subscriptions);
    }

    static RelayStatus standby(String source) {
        return new RelayStatus(source, false, 0, List.of());
    }
}
