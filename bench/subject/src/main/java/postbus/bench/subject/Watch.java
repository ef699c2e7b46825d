package postbus.bench.subject;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/** Takes the time of every message of a measurement: when it was due, committed, and came to its handler. Thread-safe. */
public final class Watch {
    private volatile Stretch stretch = new Stretch(0, 0);
    private final AtomicInteger repeats = new AtomicInteger();

    /** The messages of one measurement; nothing of an earlier one is under way. Times are of nanoTime, 0 for not yet. */
    private record Stretch(
            int first, int count, AtomicLongArray dueAt, AtomicLongArray committedAt, AtomicLongArray handledAt) {
        Stretch(int first, int count) {
            this(first, count, new AtomicLongArray(count), new AtomicLongArray(count), new AtomicLongArray(count));
        }
    }

    /** In milliseconds. */
    record Latencies(double p50, double p99, double max) {}

    void begin(int first, int count) {
        stretch = new Stretch(first, count);
    }

    /** The rate asks for this message now, whether it can be sent now or not. */
    void due(int number, long at) {
        stretch.dueAt.set(number - stretch.first, at);
    }

    /** Its transaction has just been committed. */
    public void committed(Order order) {
        if (order.number() >= 0) {
            stretch.committedAt.set(order.number() - stretch.first, System.nanoTime());
        }
    }

    /** A handler begins with it. */
    public void handled(Order order) {
        int index = order.number() - stretch.first;
        if (index < 0 || !stretch.handledAt.compareAndSet(index, 0, System.nanoTime())) {
            repeats.incrementAndGet();
        }
    }

    /** How often a handler was given a message that a handler had been given before. */
    int repeats() {
        return repeats.get();
    }

    boolean areAllHandled() {
        for (int i = stretch.count - 1; i >= 0; i--) {
            if (stretch.handledAt.get(i) == 0) {
                return false;
            }
        }
        return true;
    }

    long firstCommit() {
        long first = Long.MAX_VALUE;
        for (int i = 0; i < stretch.count; i++) {
            first = Math.min(first, stretch.committedAt.get(i));
        }
        return first;
    }

    Latencies commitToHandler() {
        return latencies(stretch.committedAt, stretch.handledAt);
    }

    Latencies dueToHandler() {
        return latencies(stretch.dueAt, stretch.handledAt);
    }

    /** A handler may begin before the thread that committed gets to look at the clock; that is 0. */
    private static Latencies latencies(AtomicLongArray from, AtomicLongArray to) {
        var micros = new Histogram(3);
        for (int i = 0; i < from.length(); i++) {
            micros.recordValue(Math.max(0, to.get(i) - from.get(i)) / 1_000);
        }
        return new Latencies(
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3);
    }
}
