package postbus.messaging.relay;

import io.vertx.core.Future;
import java.util.List;
import postbus.messaging.ledger.Ledger;

/** Reads lanes of one source's ledger. Completes every future within a limit of its own. */
@FunctionalInterface
interface LaneReader {
    /** The next entries of a lane after a position, in order, at most so many; none when there are none. */
    Future<List<Ledger.Entry>> read(int lane, long after, Ledger.Filter filter, int countMax);
}
