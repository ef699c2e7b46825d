package postbus.notifications;

import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transactions;

/** Deletes dead deliveries once they have been kept for long enough: once an hour, in every instance. */
final class DeadDeliveries {
    private static final Logger LOG = LoggerFactory.getLogger(DeadDeliveries.class);

    private static final Duration EVERY = Duration.ofHours(1);
    private static final int AT_ONCE_MAX = 1_000;

    private final Vertx vertx;
    private final Transactions transactions;
    private final Duration kept;

    DeadDeliveries(Vertx vertx, Transactions transactions, Duration kept) {
        this.vertx = vertx;
        this.transactions = transactions;
        this.kept = kept;
    }

    /** Begins to look by itself, on the context of the verticle it belongs to, and ends with it. */
    void start() {
        vertx.setPeriodic(
                EVERY.toMillis(),
                tick -> Thread.ofVirtual().name("dead-deliveries").start(this::sweep));
    }

    /** Deletes what is due, a part at a time. Blocks. */
    void sweep() {
        try {
            int deleted;
            do {
                deleted = transactions.call(Cause.none(), tx -> DeliveryTable.deleteDead(tx, kept, AT_ONCE_MAX));
            } while (deleted == AT_ONCE_MAX);
        } catch (Exception failure) { // also the checked ones that await throws unseen
            LOG.warn("dead-deliveries.failed, tried again in {}", EVERY, failure);
        }
    }
}
