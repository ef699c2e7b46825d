package postbus.messaging.service;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.transaction.Transactions;

/** Deletes kept answers that are old. Every instance of a service does so; what one has in hand the others skip. */
final class ReplyRetention {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyRetention.class);

    /** How often to look. */
    static final Duration EVERY = Duration.ofMinutes(10);

    private static final int BATCH_MAX = 1_000;
    /** In a row; what is left waits for the next time. */
    private static final int BATCHES_MAX = 1_000;

    private final Transactions transactions;
    private final Duration keep;

    ReplyRetention(Transactions transactions, Duration keep) {
        this.transactions = transactions;
        this.keep = keep;
    }

    /** On a virtual thread of its own. */
    void startRound() {
        Thread.ofVirtual().name("reply-retention").start(() -> {
            try {
                round();
            } catch (Exception failure) {
                LOG.warn("replies.kept keep={}: deleting old ones failed, tried again in {}", keep, EVERY, failure);
            }
        });
    }

    void round() {
        int deleted = BATCH_MAX;
        for (int batch = 0; batch < BATCHES_MAX && deleted == BATCH_MAX; batch++) {
            deleted = ReplyTable.deleteOld(transactions.reading(), keep, BATCH_MAX);
        }
    }
}
