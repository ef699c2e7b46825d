package postbus.messaging.subscription;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Observer;
import postbus.messaging.transaction.Sql;

/**
 * Tells an observer every now and then how many messages a subscription keeps parked and dead. Blocks: for virtual
 * threads.
 */
final class HeldCount {
    static final Duration EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(HeldCount.class);

    /** What is parked is limited, see {@link Parking#parkedMax}; where that is exceeded a little, this is enough too. */
    private static final int COUNT_MAX = 200_000;

    private final String subscription;
    private final Sql sql;
    private final Observer observer;
    private final AtomicBoolean isLooking = new AtomicBoolean();

    HeldCount(String subscription, Sql sql, Observer observer) {
        this.subscription = subscription;
        this.sql = sql;
        this.observer = observer;
    }

    /** Counts, unless the last count is still on its way. While the database is away nothing is told. */
    void look() {
        if (!isLooking.compareAndSet(false, true)) {
            return;
        }
        try {
            observer.held(subscription, ParkedTable.held(sql, subscription, COUNT_MAX));
        } catch (RuntimeException failure) {
            LOG.debug("held.uncounted subscription={}, tried again every {}", subscription, EVERY, failure);
        } finally {
            isLooking.set(false);
        }
    }
}
