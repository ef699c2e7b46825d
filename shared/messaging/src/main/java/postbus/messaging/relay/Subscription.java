package postbus.messaging.relay;

import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import postbus.messaging.Observer;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.ledger.MessagesPruned;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Batch;

/**
 * What a relay knows of one subscription: its wishes, and for each lane how far it is. Soft state; the subscriber's
 * cursor is the truth, and each answer and announcement tells it again. One batch is in flight for each lane, which is
 * all the flow control there is: who is slow is sent less.
 *
 * <p>Event loop, the relay's.
 */
final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** How often to say again that a lane cannot go on. */
    private static final Duration REPORT_EVERY = Duration.ofHours(1);

    /** In a row, in one lane: after that many it is no restart any more. */
    private static final int FAILURES_WORTH_A_WARNING = 8;

    private final String source;
    private final String name;
    private final long[] heads;
    private final Lane[] lanes;
    private final Transport transport;
    private final LaneReader reader;
    private final CatchUp.Allowance allowance;
    private final Timers timers;
    private final Backoff backoff;
    private final Observer observer;
    private final Duration helloEvery;
    private Ledger.Filter filter = new Ledger.Filter(null, Set.of());
    private long announcedAtNanos;
    /** By its own word: what is sent all the same, because that came late, it refuses. */
    private boolean isPaused;

    private boolean hasEnded;

    private static final class Lane {
        /** The subscriber's cursor, as last heard. */
        private long cursor = -1;
        /** How far the lane was read: past the cursor when what lies between is of no interest to the subscription. */
        private long scanned;

        private final BatchSize batchSize;

        private boolean isBusy;
        private int failures;
        /** What follows the cursor was deleted: nothing is delivered until the cursor is elsewhere. */
        private boolean isPruned;

        private long reportAtNanos;

        Lane(int batchCountMax) {
            batchSize = new BatchSize(batchCountMax);
        }
    }

    /**
     * @param heads last position of each lane, kept up to date by its owner
     * @param allowance while it is far behind
     */
    Subscription(
            String source,
            String name,
            long[] heads,
            Transport transport,
            LaneReader reader,
            CatchUp.Allowance allowance,
            Timers timers,
            RelayOptions options) {
        this.source = source;
        this.name = name;
        this.heads = heads;
        this.transport = transport;
        this.reader = reader;
        this.allowance = allowance;
        this.timers = timers;
        this.helloEvery = options.helloEvery();
        this.observer = options.observer();
        this.backoff = new Backoff(options.backoffMin(), options.backoffMax());
        this.lanes = new Lane[heads.length];
        for (int lane = 0; lane < lanes.length; lane++) {
            lanes[lane] = new Lane(options.batchCountMax());
        }
    }

    String name() {
        return name;
    }

    long announcedAtNanos() {
        return announcedAtNanos;
    }

    Delivery.Reached reached() {
        return new Delivery.Reached(
                Stream.of(lanes).map(lane -> lane.cursor).toList(),
                Stream.of(lanes).map(lane -> lane.scanned).toList(),
                isPaused);
    }

    void end() {
        hasEnded = true;
    }

    /**
     * Takes the subscriber's word for where it is, except where a batch in flight is about to change that.
     *
     * <p>What it wants only grows: while old and new instances of a subscription run side by side they announce in turn,
     * and what the new one wants must not be passed over because the old one spoke last. An old instance that is given
     * what it does not know fails, and the batch goes to another.
     */
    void announced(Announcement announcement) {
        announcedAtNanos = timers.nanoTime();
        var wanted = filter.or(new Ledger.Filter(announcement.commandsFor(), announcement.eventTypes()));
        var isWider = !wanted.equals(filter);
        filter = wanted;
        isPaused = announcement.isPaused();
        for (int lane = 0; lane < lanes.length; lane++) {
            var state = lanes[lane];
            long announced = announcement.cursors().get(lane);
            reportIfPruned(lane);
            if (!state.isBusy && (isWider || state.cursor != announced)) {
                moveTo(state, announced);
            }
            deliver(lane);
            if (!isPaused && !state.isBusy && state.cursor < state.scanned) {
                // Nothing of interest since the cursor: move it, so that a restart or retention need not look again.
                push(lane, state.scanned, 0, List.of());
            }
        }
    }

    /** Sends the lane's next batch, unless one is in flight, or there is nothing more, or nothing is taken for now. */
    void deliver(int lane) {
        var state = lanes[lane];
        if (hasEnded
                || isPaused
                || state.isBusy
                || state.isPruned
                || state.cursor < 0
                || state.scanned >= heads[lane]) {
            return;
        }
        state.isBusy = true;
        var head = heads[lane];
        var readWith = filter;
        reader.read(lane, state.scanned, readWith, state.batchSize.count())
                .onSuccess(entries -> {
                    state.isBusy = false;
                    if (!readWith.equals(filter)) {
                        state.scanned = state.cursor;
                        deliver(lane);
                        return;
                    }
                    var messages = messages(entries);
                    // Read to its end, the lane is known up to the head, should somebody have deleted from it by hand.
                    var upto = entries.isEmpty()
                            ? head
                            : entries.get(entries.size() - 1).position();
                    if (messages.isEmpty()) {
                        state.scanned = upto;
                        deliver(lane);
                    } else {
                        push(lane, upto, entries.size(), messages);
                    }
                })
                .onFailure(failure -> {
                    if (failure instanceof MessagesPruned) {
                        stopAtGap(state);
                        return;
                    }
                    LOG.warn("ledger.unread source={} lane={}, tried again", source, lane, failure);
                    retryLater(lane, "reading the ledger: " + failure);
                });
    }

    /** A new subscription may be about to move its cursor up by itself: that is no gap, and not worth a report. */
    private void stopAtGap(Lane state) {
        state.isBusy = false;
        state.isPruned = true;
        state.reportAtNanos = timers.nanoTime() + helloEvery.multipliedBy(2).toNanos();
    }

    private void reportIfPruned(int lane) {
        var state = lanes[lane];
        if (state.isPruned && timers.nanoTime() - state.reportAtNanos >= 0) {
            state.reportAtNanos = timers.nanoTime() + REPORT_EVERY.toNanos();
            LOG.error(
                    "cursor.pruned subscription={} source={} lane={} cursor={}: messages after the cursor were deleted by"
                            + " retention, so nothing is delivered in this lane. To go on without them:"
                            + " replay --source {} --from oldest",
                    name,
                    source,
                    lane,
                    state.cursor,
                    source);
        }
    }

    private static List<Batch.Positioned> messages(List<Ledger.Entry> entries) {
        var messages = new ArrayList<Batch.Positioned>(entries.size());
        for (var entry : entries) {
            var message = entry.message();
            if (message != null) {
                messages.add(new Batch.Positioned(entry.position(), message));
            }
        }
        return messages;
    }

    private void push(int lane, long upto, int entries, List<Batch.Positioned> messages) {
        var state = lanes[lane];
        if (hasEnded) {
            return;
        }
        state.isBusy = true;
        var batch = new Batch(name, source, lane, state.cursor, upto, messages);
        observer.delivered(name, source, messages.size());
        long sentAtNanos = timers.nanoTime();
        transport.deliver(batch).onComplete(answer -> {
            state.batchSize.took(entries, timers.nanoTime() - sentAtNanos);
            if (answer.failed()) {
                retryLater(lane, describe(answer.cause()));
                return;
            }
            var ack = answer.result();
            if (ack.cursor() >= 0) {
                moveTo(state, ack.cursor());
            }
            if (ack.failure() != null) {
                retryLater(lane, ack.failure());
                return;
            }
            state.failures = 0;
            var rest = allowance.restAfter(messages.size(), lane, state.cursor);
            if (rest.isZero()) {
                goOn(lane);
            } else {
                timers.after(rest, () -> goOn(lane));
            }
        });
    }

    private void goOn(int lane) {
        lanes[lane].isBusy = false;
        deliver(lane);
    }

    private static void moveTo(Lane state, long cursor) {
        state.isPruned &= cursor == state.cursor;
        state.cursor = cursor;
        state.scanned = cursor;
    }

    /**
     * Keeps the lane busy for a while: about 50 ms at first, doubled up to 10 s. Nobody is there is a normal reason. By
     * chance some of the wait is left off, so that lanes that failed together do not come back together.
     */
    private void retryLater(int lane, String reason) {
        var state = lanes[lane];
        var delay = backoff.after(++state.failures, timers.random());
        LOG.atLevel(state.failures == FAILURES_WORTH_A_WARNING ? Level.WARN : Level.DEBUG)
                .log(
                        "delivery.failed subscription={} source={} lane={} retryInMs={} reason=\"{}\"",
                        name,
                        source,
                        lane,
                        delay.toMillis(),
                        reason);
        timers.after(delay, () -> {
            state.scanned = state.cursor;
            goOn(lane);
        });
    }

    private static String describe(Throwable failure) {
        return failure instanceof ReplyException reply ? reply.failureType().name() : failure.toString();
    }
}
