package postbus.messaging.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a subscription has come in a source, as the source's active relay knows it; also of one that is away.
 *
 * @param isLive whether it was heard of lately, so that it is pushed to
 * @param isPaused a person has paused it: it takes nothing for now; as last heard
 * @param silent since when it was not heard of; of one that this relay never heard of itself, to the minute
 * @param lanes by number
 */
public record Progress(String subscription, boolean isLive, boolean isPaused, Duration silent, List<Lane> lanes) {
    /**
     * One lane of it.
     *
     * @param cursor how far it has come
     * @param head the last position in the lane
     * @param behind messages that wait for it; of one that is not live, wanted or not. Counted up to
     *     {@value postbus.messaging.retention.Retention#BEHIND_COUNT_MAX}
     * @param waitingSince when the first of them was written, by its writer's clock; null when none waits
     */
    public record Lane(
            int lane,
            long cursor,
            long head,
            long behind,
            @Nullable Instant waitingSince) {}

    public Progress {
        lanes = List.copyOf(lanes);
    }
}
