package postbus.gateway;

import java.util.List;
import postbus.messaging.search.MessageSearch.History;
import postbus.messaging.wire.Followed;

/**
 * Events of one source after a position, in order.
 *
 * @param upto all that were asked for up to this position are here
 * @param isGap some that were asked for are kept no longer
 */
record EventPage(List<LiveEvent> events, long upto, boolean isGap) {
    static EventPage of(Followed followed) {
        return new EventPage(
                followed.events().stream()
                        .map(event -> LiveEvent.of(event.position(), event.message()))
                        .toList(),
                followed.upto(),
                followed.isGap());
    }

    static EventPage of(History history) {
        return new EventPage(
                history.events().stream()
                        .map(event -> LiveEvent.of(event.summary().positionOr(history.upto()), event.envelope()))
                        .toList(),
                history.upto(),
                false);
    }
}
