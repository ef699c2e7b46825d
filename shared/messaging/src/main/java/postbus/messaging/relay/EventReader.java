package postbus.messaging.relay;

import io.vertx.core.Future;
import java.util.List;
import postbus.messaging.ledger.Ledger;

/** Reads the ledger of one source over all its lanes. Completes every future within a limit of its own. */
@FunctionalInterface
interface EventReader {
    /** The next entries after a position, in order, at most so many; commands have no message. */
    Future<List<Ledger.Entry>> read(long after, int countMax);
}
