package postbus.messaging.subscription;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import postbus.messaging.wire.Batch;

/**
 * Gathers the batches of different lanes that wait at the same time, so that they share a transaction and its wait for
 * the disk. Only as many as are expected to be applied within {@link Pace#QUICK}: slow handlers run side by side
 * instead, one transaction for each lane. When it is quiet nothing waits; the busier it is, the more are gathered while
 * the ones before are applied. Thread-safe.
 */
final class Gathering<T> {
    /** Of several batches; one alone may have more. */
    static final int MESSAGES_MAX = 500;

    /** As many threads as there is work for, beyond which what waits must be too much for one transaction. */
    private static final int ALWAYS = 2;

    private final boolean mayGather;
    private final Function<T, Batch> batchOf;
    private final Consumer<List<T>> apply;
    private final Executor threads;
    private final Pace pace;
    private final Deque<T> waiting = new ArrayDeque<>(); // one for each lane of each source, hardly more
    private int waitingMessages;
    private int running;

    /**
     * @param mayGather whether batches may share a transaction at all; otherwise each begins at once
     * @param batchOf the batch in what is gathered
     * @param apply applies batches and answers each; blocks, and should throw nothing
     * @param threads runs each task on a thread that may block
     * @param pace of the handlers
     */
    Gathering(boolean mayGather, Function<T, Batch> batchOf, Consumer<List<T>> apply, Executor threads, Pace pace) {
        this.mayGather = mayGather;
        this.batchOf = batchOf;
        this.apply = apply;
        this.threads = threads;
        this.pace = pace;
    }

    /** Applies a batch, now or soon, alone or with others. */
    void add(T batch) {
        boolean isOneMore;
        synchronized (this) {
            waiting.add(batch);
            waitingMessages += count(batch);
            isOneMore = start();
        }
        if (isOneMore) {
            threads.execute(this::work);
        }
    }

    /** Whether one more thread is wanted; it counts from now on. */
    private boolean start() {
        var isWanted = running < ALWAYS || !fits(waitingMessages);
        running += isWanted ? 1 : 0;
        return isWanted;
    }

    private void work() {
        for (var group = take(); !group.isEmpty(); group = take()) {
            try {
                apply.accept(group);
            } catch (RuntimeException | Error failure) {
                stop();
                throw failure;
            }
        }
    }

    /** The next ones to apply together; none, and the thread ends, when none wait. */
    private synchronized List<T> take() {
        var group = new ArrayList<T>();
        int messages = 0;
        while (!waiting.isEmpty() && (group.isEmpty() || fits(messages + count(waiting.getFirst())))) {
            var next = waiting.removeFirst();
            group.add(next);
            messages += count(next);
        }
        waitingMessages -= messages;
        running -= group.isEmpty() ? 1 : 0;
        group.sort(Comparator.comparing(batchOf, Batch.CURSOR_ORDER));
        return group;
    }

    /** One thread fewer; what waits begins with what is added next. */
    private synchronized void stop() {
        running--;
    }

    /** An empty batch only moves a cursor, which is work too. */
    private int count(T batch) {
        return Math.max(1, batchOf.apply(batch).messages().size());
    }

    private boolean fits(int messages) {
        return mayGather && messages <= MESSAGES_MAX && pace.isQuick(messages);
    }
}
