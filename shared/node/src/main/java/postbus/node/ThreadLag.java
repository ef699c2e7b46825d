package postbus.node;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * How long threads take to come round to a task of no effort: on a node that is well, far less than a millisecond. Each
 * second every one of them is given such a task, unless it still has the last one. Thread-safe.
 */
final class ThreadLag implements AutoCloseable {
    /** What is told is the longest within this time, so that whoever looks now and then sees what was in between. */
    static final Duration WINDOW = Duration.ofSeconds(15);

    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("thread-lag").daemon().factory());

    /** Threads of one kind, of which the slowest counts. */
    private static final class Kind {
        private final Pulse[] pulses;
        private final AtomicLongArray longest = new AtomicLongArray(Math.toIntExact(WINDOW.dividedBy(EVERY)));

        Kind(List<Executor> threads) {
            pulses = threads.stream().map(Pulse::new).toArray(Pulse[]::new);
        }
    }

    private static final class Pulse {
        private final Executor threads;
        private long sentAtNanos;
        private volatile boolean isUnderWay;
        private volatile long tookNanos;

        Pulse(Executor threads) {
            this.threads = threads;
        }
    }

    /**
     * @param threads by what they are called
     * @param nanoTime a clock for measuring, as {@link System#nanoTime}
     */
    ThreadLag(Map<String, List<Executor>> threads, LongSupplier nanoTime) {
        threads.forEach((kind, of) -> kinds.put(kind, new Kind(of)));
        this.nanoTime = nanoTime;
    }

    void start() {
        var unused = clock.scheduleAtFixedRate(
                new Runnable() {
                    private long ticks;

                    @Override
                    public void run() {
                        tick(ticks++);
                    }
                },
                0,
                EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Looks what became of the last tasks, and gives out the next. */
    void tick(long number) {
        for (var kind : kinds.values()) {
            long longest = 0;
            for (var pulse : kind.pulses) {
                longest = Math.max(
                        longest, pulse.isUnderWay ? nanoTime.getAsLong() - pulse.sentAtNanos : pulse.tookNanos);
                if (!pulse.isUnderWay) {
                    send(pulse);
                }
            }
            kind.longest.set((int) (number % kind.longest.length()), longest);
        }
    }

    private void send(Pulse pulse) {
        var sentAtNanos = nanoTime.getAsLong();
        pulse.sentAtNanos = sentAtNanos;
        pulse.isUnderWay = true;
        try {
            pulse.threads.execute(() -> {
                pulse.tookNanos = nanoTime.getAsLong() - sentAtNanos;
                pulse.isUnderWay = false;
            });
        } catch (RejectedExecutionException ended) {
            pulse.isUnderWay = false; // the node ends
        }
    }

    /** The longest of late, in seconds, by what the threads are called. */
    Map<String, Double> seconds() {
        var seconds = new LinkedHashMap<String, Double>();
        kinds.forEach((name, kind) -> {
            var longest = new long[kind.longest.length()];
            Arrays.setAll(longest, kind.longest::get);
            seconds.put(name, Arrays.stream(longest).max().orElse(0) / 1e9);
        });
        return seconds;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
