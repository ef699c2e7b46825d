package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import postbus.messaging.ledger.Ledger;

/**
 * Lets lanes that are far behind read only a few at a time, in the order in which they asked: a subscription that was
 * away for days reads its way back without taking all connections from those that are up to date. Event loop.
 */
final class CatchUp implements LaneReader {
    /** Positions behind its lane's head, so messages of all lanes, from which on a lane is far behind. */
    static final long FAR_BEHIND = 10_000;

    private final LaneReader reader;
    private final long[] heads;
    private int free;
    private final Queue<Runnable> waiting = new ArrayDeque<>(); // at most one for each lane of each subscription

    /**
     * @param heads last position of each lane, kept up to date by its owner
     * @param readsMax most reads of lanes far behind at a time
     */
    CatchUp(LaneReader reader, long[] heads, int readsMax) {
        this.reader = reader;
        this.heads = heads;
        this.free = readsMax;
    }

    @Override
    public Future<List<Ledger.Entry>> read(int lane, long after, Ledger.Filter filter) {
        if (heads[lane] - after <= FAR_BEHIND) {
            return reader.read(lane, after, filter);
        }
        Promise<List<Ledger.Entry>> entries = Promise.promise();
        waiting.add(() -> reader.read(lane, after, filter)
                .onComplete(done -> {
                    free++;
                    next();
                })
                .onComplete(entries));
        next();
        return entries.future();
    }

    private void next() {
        while (free > 0 && !waiting.isEmpty()) {
            free--;
            waiting.remove().run();
        }
    }
}
