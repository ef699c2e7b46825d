package postbus.messaging.subscription;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When an instance looks for parked messages that are due: when it parked one, when the next one it knows of is due,
 * after one that went through, and every now and then for what others parked. Any thread.
 */
final class RetryLoop {
    private static final Logger LOG = LoggerFactory.getLogger(RetryLoop.class);

    /** Turns looked at together; more than are tried at once, since other instances hold some of them. */
    private static final int TURNS_MAX = 100;

    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final Inbox inbox;
    private final Retrier retrier;
    private final Parking parking;
    private final Executor threads;
    private final AtomicInteger workers = new AtomicInteger();
    private final AtomicLong dueTimer = new AtomicLong(NO_TIMER);
    private final Promise<Void> drained = Promise.promise();
    private volatile long tick = NO_TIMER;
    private volatile boolean isWanted;
    private volatile boolean isStopping;

    /** @param threads runs each task on a thread that may block */
    RetryLoop(Vertx vertx, Inbox inbox, Retrier retrier, Parking parking, Executor threads) {
        this.vertx = vertx;
        this.inbox = inbox;
        this.retrier = retrier;
        this.parking = parking;
        this.threads = threads;
    }

    void start() {
        tick = vertx.setPeriodic(parking.lookEvery().toMillis(), now -> wake());
        wake();
    }

    /** Takes no more messages, and completes when those in hand are done. */
    Future<Void> stop() {
        isStopping = true;
        vertx.cancelTimer(tick);
        vertx.cancelTimer(dueTimer.get());
        if (workers.get() == 0) {
            drained.tryComplete();
        }
        return drained.future();
    }

    /** Something may be due. */
    void wake() {
        isWanted = true;
        addWorker();
    }

    private void addWorker() {
        if (isStopping) {
            return;
        }
        int before = workers.getAndUpdate(count -> Math.min(count + 1, parking.retriesMax()));
        if (before < parking.retriesMax()) {
            threads.execute(this::work);
        }
    }

    private void work() {
        try {
            boolean isWorthAnotherLook;
            do {
                isWanted = false;
                isWorthAnotherLook = look();
            } while (!isStopping && (isWorthAnotherLook || isWanted));
        } catch (Exception failure) {
            LOG.debug("retry.failed, tried again every {}", parking.lookEvery(), failure);
        } finally {
            int left = workers.decrementAndGet();
            if (isStopping && left == 0) {
                drained.tryComplete();
            } else if (isWanted) { // asked for while this one was about to leave
                addWorker();
            }
        }
    }

    /** Tries what is due. True when something changed, so that more may be due. */
    private boolean look() {
        var turns = inbox.turns(TURNS_MAX);
        if (turns.size() > 1 && isDue(turns.get(1))) {
            addWorker(); // finds the same turns, and of them those that nobody has in hand
        }
        boolean hasChanged = false;
        for (var turn : turns) {
            if (isStopping) {
                return false;
            }
            if (!isDue(turn)) {
                wakeIn(turn.dueIn());
                break;
            }
            hasChanged |= retrier.retry(turn);
        }
        return hasChanged;
    }

    private static boolean isDue(Inbox.Turn turn) {
        return !turn.dueIn().isPositive();
    }

    private void wakeIn(Duration wait) {
        long next = vertx.setTimer(Math.max(1, wait.toMillis()), now -> wake());
        vertx.cancelTimer(dueTimer.getAndSet(next));
    }
}
