package postbus.messaging.wire;

import java.util.List;
import postbus.messaging.wire.Batch.Positioned;

/**
 * Events of a source in order of position, of all lanes, without commands.
 *
 * @param upto all events after the position asked for and up to this one are here
 * @param isGap retention deleted some of those asked for
 */
public record Followed(String source, long upto, boolean isGap, List<Positioned> events) {
    public Followed {
        events = List.copyOf(events);
    }
}
