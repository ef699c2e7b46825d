package postbus.node;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Notices a process that lives and does nothing any more, so that it can leave instead of being waited for: threads that
 * do not come round to a task of no effort, or a JVM that does little but collect garbage.
 *
 * <p>Time is counted in ticks of its own, one a second as long as the process runs. A process that was stopped, or whose
 * machine slept, has missed ticks and no work: it finds nothing stuck when it goes on.
 */
final class Watchdog {
    private static final Duration TICK = Duration.ofSeconds(1);
    /** Share of a tick above which the collector leaves too little to work with. */
    private static final double COLLECTING_MAX = 0.9;

    private final List<Pulse> pulses;
    private final int ticksMax;
    private final LongSupplier collectingMillis;
    private final Consumer<String> onStuck;
    private long collectedMillis;
    private int collectingTicks;

    /** Threads that are to show that they run. */
    private static final class Pulse {
        private final String name;
        private final Executor threads;
        private final AtomicBoolean hasBeaten = new AtomicBoolean(true);
        private int missed;

        Pulse(String name, Executor threads) {
            this.name = name;
            this.threads = threads;
        }

        /** One task at a time, however long it takes. */
        int tick() {
            if (hasBeaten.compareAndSet(true, false)) {
                missed = 0;
                threads.execute(() -> hasBeaten.set(true));
            } else {
                missed++;
            }
            return missed;
        }
    }

    /**
     * @param threads to be watched, by a name for the log
     * @param stuckMax for how long they may be blocked; at least a few seconds
     * @param collectingMillis time spent in garbage collection so far, in which nothing else ran
     * @param onStuck is told once what is stuck, and must not wait for it
     */
    Watchdog(
            Map<String, Executor> threads, Duration stuckMax, LongSupplier collectingMillis, Consumer<String> onStuck) {
        this.pulses = threads.entrySet().stream()
                .map(entry -> new Pulse(entry.getKey(), entry.getValue()))
                .toList();
        this.ticksMax = Math.toIntExact(Math.max(1, stuckMax.dividedBy(TICK)));
        this.collectingMillis = collectingMillis;
        this.onStuck = onStuck;
        this.collectedMillis = collectingMillis.getAsLong();
    }

    /** On a thread of its own that keeps no JVM alive. */
    void start() {
        var thread = new Thread(this::watch, "watchdog");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        var before = System.nanoTime();
        while (true) {
            LockSupport.parkNanos(TICK.toNanos());
            var now = System.nanoTime();
            if (now - before < TICK.toNanos() / 2) {
                continue; // woken for no reason
            }
            if (tick(Duration.ofNanos(now - before))) {
                return;
            }
            before = now;
        }
    }

    /**
     * @param sinceLast how long ago the last tick was
     * @return whether the watch is over: something is stuck, or threads have ended with their node
     */
    boolean tick(Duration sinceLast) {
        for (var pulse : pulses) {
            try {
                if (pulse.tick() >= ticksMax) {
                    onStuck.accept(pulse.name + " blocked for " + TICK.multipliedBy(ticksMax));
                    return true;
                }
            } catch (RejectedExecutionException e) {
                return true;
            }
        }
        var collected = collectingMillis.getAsLong();
        var share = (double) (collected - collectedMillis) / Math.max(1, sinceLast.toMillis());
        collectedMillis = collected;
        collectingTicks = share > COLLECTING_MAX ? collectingTicks + 1 : 0;
        if (collectingTicks >= ticksMax) {
            onStuck.accept("garbage collection took all of " + TICK.multipliedBy(ticksMax) + ", the heap is too small");
            return true;
        }
        return false;
    }

    /** Of this JVM. What collectors do beside the program's threads does not count. */
    static long collectingMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> !collector.getName().contains("Concurrent")
                        && !collector.getName().contains("Cycles"))
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    /** What every platform thread of this JVM is doing, for a log. */
    static String threads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .map(thread -> "\"" + thread.getKey().getName() + "\" "
                        + thread.getKey().getState() + "\n"
                        + List.of(thread.getValue()).stream()
                                .map(frame -> "    at " + frame + "\n")
                                .collect(Collectors.joining()))
                .sorted()
                .collect(Collectors.joining());
    }
}
