package postbus.messaging.subscription;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Envelope;
import postbus.messaging.Observer;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.transaction.Failures;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Batch;

/**
 * What a subscriber does with batches that came for different lanes. Blocks: for virtual threads.
 *
 * <pre>
 *   all of them in one transaction, at once --done--> each answered with its end
 *        | a cursor was elsewhere, a key held, or a handler failed
 *   all of them in one transaction --done--> each answered with its end
 *        | a handler failed
 *   each batch in its own ---------done--> answered with its end
 *        | a handler failed
 *   each message in its own -------done--> the next
 *        | its handler failed: in place a few times if that may pass
 *   parked, with the cursor moved past it, in one transaction --> the next
 *
 *   database away, cursor in somebody else's hands, paused, or no room to park: refused, and the relay comes again
 * </pre>
 *
 * <p>A key with a parked message is held: the messages that follow are parked behind it, in the transaction that moves
 * the cursor past them, and only the {@link Retrier} applies them. Why no message of a held key can slip by: parking
 * happens under the row lock of the lane's cursor, and the statement that moves a cursor finds it where the batch begins
 * only if it sees all that parked before. So "no key is held" stays true until this transaction ends. "Some are" may be
 * old news, since retriers take no such lock; which ones is asked in a second statement, with a new snapshot. A key that
 * is not held by then was released by a commit, whose effects the handler sees; one that is released right after gets
 * one more message parked behind nothing, which is the first of its key then, and due.
 */
final class BatchApplier {
    private static final Logger LOG = LoggerFactory.getLogger(BatchApplier.class);

    private static final Backoff IN_PLACE = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
    private static final int TRIES_IN_PLACE = 3;
    /** Each of these took as long as a statement or a wait for a lock may, with the lane waiting. */
    private static final int TRIES_AFTER_TIMEOUT = 2;

    private static final int REFUSALS_A_WARNING = 100;
    /** No position is as high. */
    private static final long NOWHERE = Long.MAX_VALUE;

    private final Inbox inbox;
    private final ParkingLot lot;
    private final boolean isOneMessageATransaction;
    private final Waits waits;
    private final Pace pace;
    private final Runnable onParked;
    private final Observer observer;
    private final AtomicInteger refusedForRoom = new AtomicInteger();
    /**
     * From where on batches of a lane may be handled at once: the end of the last one that was applied here, since older
     * ones come again now and then; nowhere where the last one found another cursor, or a held key.
     */
    private final Map<Lane, Long> freeFrom = new ConcurrentHashMap<>();

    /**
     * @param onParked told after something was parked; may be called from any thread
     * @param observer is told what is applied, tried again, parked and refused
     */
    BatchApplier(
            Inbox inbox,
            ParkingLot lot,
            boolean isOneMessageATransaction,
            Waits waits,
            Pace pace,
            Runnable onParked,
            Observer observer) {
        this.inbox = inbox;
        this.lot = lot;
        this.isOneMessageATransaction = isOneMessageATransaction;
        this.waits = waits;
        this.pace = pace;
        this.onParked = onParked;
        this.observer = observer;
    }

    /**
     * Applies batches of different lanes, or parks of them what cannot be; says how far each came.
     *
     * @param batches in {@link Batch#CURSOR_ORDER}
     */
    List<Ack> apply(List<Batch> batches) {
        if (batches.size() == 1) {
            return List.of(apply(batches.get(0)));
        }
        return isOneMessageATransaction ? applyEach(batches) : applyTogether(batches, () -> applyEach(batches));
    }

    private List<Ack> applyEach(List<Batch> batches) {
        return batches.stream().map(this::apply).toList();
    }

    /** The same for one. */
    Ack apply(Batch batch) {
        return batch.messages().size() <= 1 || isOneMessageATransaction
                ? applyOneByOne(batch)
                : applyTogether(List.of(batch), () -> List.of(applyOneByOne(batch)))
                        .get(0);
    }

    private List<Ack> applyTogether(List<Batch> batches, Supplier<List<Ack>> lessAtATime) {
        var phase = new Phase();
        try {
            var handled = handle(batches, phase, inbox::callOnce);
            tell(batches, handled);
            return handled.acks();
        } catch (Exception | Error failure) {
            requireToGoOn(failure);
            if (failure instanceof ParkingFull || phase.isOfTheMessage(failure)) {
                LOG.debug("batch.failed, trying less at a time", failure);
                return lessAtATime.get();
            }
            // Trying each message would only ask for more
            return batches.stream()
                    .map(batch -> refused(batch, batch.after(), failure))
                    .toList();
        }
    }

    private Ack applyOneByOne(Batch batch) {
        long cursor = batch.after();
        for (var single : split(batch)) {
            try {
                var ack = applyOne(single);
                cursor = ack.cursor();
                if (ack.failure() != null || cursor != single.upto()) {
                    return ack; // paused, or somebody else moved it: the relay goes on from where it is
                }
            } catch (Exception | Error failure) {
                requireToGoOn(failure);
                return refused(single, cursor, failure);
            }
        }
        return new Ack(cursor, null);
    }

    /** Batches of one message each that follow each other, the last one reaching as far as the whole. */
    private static List<Batch> split(Batch batch) {
        if (batch.messages().size() <= 1) {
            return List.of(batch);
        }
        var singles = new ArrayList<Batch>(batch.messages().size());
        long after = batch.after();
        for (var iterator = batch.messages().iterator(); iterator.hasNext(); ) {
            var next = iterator.next();
            long upto = iterator.hasNext() ? next.position() : batch.upto();
            singles.add(new Batch(batch.subscription(), batch.source(), batch.lane(), after, upto, List.of(next)));
            after = upto;
        }
        return singles;
    }

    /** Applies or parks one message. Throws what is not the message's fault. */
    private Ack applyOne(Batch single) {
        for (int tries = 1; ; tries++) {
            var phase = new Phase();
            try {
                var handled = handle(List.of(single), phase, inbox::call);
                tell(List.of(single), handled);
                return handled.acks().get(0);
            } catch (Exception | Error failure) {
                requireToGoOn(failure);
                if (single.messages().isEmpty() || !phase.isOfTheMessage(failure)) {
                    throw failure;
                }
                if (tries == triesInPlace(failure)) {
                    return park(single, failure);
                }
                LOG.debug("message.failed tries={}, tried again in place", tries, failure);
                observer.retried(single.subscription(), single.source());
                waits.pause(IN_PLACE.after(tries, waits.random()));
            }
        }
    }

    private static int triesInPlace(Throwable failure) {
        if (Failures.isTimeout(failure)) {
            return TRIES_AFTER_TIMEOUT;
        }
        return Failures.isConflict(failure) || Failures.isUnavailable(failure) ? TRIES_IN_PLACE : 1;
    }

    /**
     * What one transaction did.
     *
     * @param acks where each cursor is afterwards: at its batch's end, or, if it was not at its start or is paused, where it was
     * @param applied given to their handlers
     * @param waiting parked behind others of their keys
     */
    private record Handled(List<Ack> acks, List<Envelope> applied, List<Parked> waiting) {}

    /** Once it is committed. */
    private void tell(List<Batch> batches, Handled handled) {
        var subscription = batches.get(0).subscription();
        if (!handled.applied().isEmpty()) {
            observer.applied(subscription, handled.applied());
        }
        handled.waiting()
                .forEach(
                        parked -> observer.parked(subscription, parked.message().source()));
    }

    /**
     * In one transaction, at once where nothing speaks against it. Slow handlers begin only when the cursor is theirs:
     * what they do elsewhere is not undone. What fails at once says nothing about a message: perhaps one before it is
     * parked by another instance. So it is done again, and looked at first.
     */
    private Handled handle(
            List<Batch> batches, Phase phase, Function<Function<Inbox.Work, Handled>, Handled> transaction) {
        int messages =
                batches.stream().mapToInt(batch -> batch.messages().size()).sum();
        if (pace.isQuick(messages) && batches.stream().allMatch(this::isFree)) {
            try {
                var handled = transaction.apply(work -> handleAtOnce(batches, work, phase));
                batches.forEach(batch -> freeFrom.put(Lane.of(batch), batch.upto()));
                return handled;
            } catch (Exception | Error failure) {
                requireToGoOn(failure);
                LOG.debug("batch.failed at once, looking first", failure);
                batches.forEach(batch -> freeFrom.put(Lane.of(batch), NOWHERE));
            }
        }
        return transaction.apply(work -> handle(batches, work, phase));
    }

    /** Handlers do not wait for what becomes of the cursors. If those are not free, all of it is undone. */
    private Handled handleAtOnce(List<Batch> batches, Inbox.Work work, Phase phase) {
        phase.taking(); // again, when the work is done again
        work.requireAdvance(batches);
        var messages = batches.stream()
                .flatMap(batch -> batch.messages().stream())
                .map(Batch.Positioned::message)
                .toList();
        phase.handling();
        pace.handle(messages.size(), () -> work.handleAll(messages));
        phase.committing();
        var acks = batches.stream().map(batch -> new Ack(batch.upto(), null)).toList();
        return new Handled(acks, messages, List.of());
    }

    private Handled handle(List<Batch> batches, Inbox.Work work, Phase phase) {
        phase.taking(); // again, when the work is done again
        var advances = work.advance(batches);
        var acks = new ArrayList<Ack>(batches.size());
        var free = new ArrayList<Envelope>();
        var waiting = new ArrayList<Parked>();
        for (int i = 0; i < batches.size(); i++) {
            var batch = batches.get(i);
            var advance = advances.get(i);
            remember(batch, advance);
            if (advance == Inbox.Advance.NOT_NEXT) {
                acks.add(notNext(batch, work.cursor(batch)));
                continue;
            }
            acks.add(new Ack(batch.upto(), null));
            var held = advance == Inbox.Advance.MOVED ? Set.<String>of() : work.heldKeys(batch);
            for (var next : batch.messages()) {
                var message = next.message();
                if (held.contains(message.key())) {
                    waiting.add(Parked.waiting(batch.lane(), next.position(), message, work.now()));
                } else {
                    free.add(message);
                }
            }
        }
        phase.handling();
        pace.handle(free.size(), () -> work.handleAll(free));
        if (!waiting.isEmpty()) {
            phase.parking();
            lot.park(work, waiting);
        }
        phase.committing();
        return new Handled(acks, free, waiting);
    }

    private boolean isFree(Batch batch) {
        return batch.after() >= freeFrom.getOrDefault(Lane.of(batch), 0L);
    }

    private void remember(Batch batch, Inbox.Advance advance) {
        freeFrom.put(Lane.of(batch), advance == Inbox.Advance.MOVED ? batch.upto() : NOWHERE);
    }

    private static Ack notNext(Batch batch, Inbox.Cursor cursor) {
        return new Ack(
                cursor.position(),
                cursor.isPaused()
                        ? batch.subscription() + " is paused: it takes nothing of " + batch.source()
                                + " until a person resumes it"
                        : null);
    }

    private Ack park(Batch single, Throwable failure) {
        var next = single.messages().get(0);
        var parked = new AtomicReference<@Nullable Parked>();
        var ack = inbox.call(work -> {
            parked.set(null);
            if (work.advance(List.of(single)).get(0) == Inbox.Advance.NOT_NEXT) {
                return notNext(single, work.cursor(single));
            }
            var now = work.now();
            var fresh = Parked.waiting(single.lane(), next.position(), next.message(), now);
            var failed = lot.failed(fresh, Failure.of(failure), now);
            lot.park(work, List.of(failed));
            parked.set(failed);
            return new Ack(single.upto(), null);
        });
        var told = parked.get();
        if (told != null) {
            observer.parked(single.subscription(), single.source());
            lot.tell(told, failure);
            onParked.run();
        }
        return ack;
    }

    private Ack refused(Batch batch, long cursor, Throwable failure) {
        observer.refused(batch.subscription(), batch.source());
        // Where there is no room each lane that waits is refused again and again, perhaps for hours
        if (!(failure instanceof ParkingFull) || refusedForRoom.getAndIncrement() % REFUSALS_A_WARNING == 0) {
            LOG.warn(
                    "batch.refused subscription={} source={} lane={} position={}, the relay comes again: {}",
                    batch.subscription(),
                    batch.source(),
                    batch.lane(),
                    cursor,
                    failure.toString());
        }
        return new Ack(cursor, failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }

    /** A JVM that is out of memory says nothing about a message. */
    static void requireToGoOn(Throwable failure) {
        if (failure instanceof VirtualMachineError broken && !(failure instanceof StackOverflowError)) {
            throw broken;
        }
    }
}
