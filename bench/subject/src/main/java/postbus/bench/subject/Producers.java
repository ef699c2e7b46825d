package postbus.bench.subject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Those who commit: so many in a closed loop, or as many as it takes at a steady rate.
 *
 * @param threads makes new ones for each use
 */
public record Producers(int count, Supplier<ExecutorService> threads) {
    /** How many may be without an answer at a steady rate; beyond that the rate is not held. */
    private static final int UNDER_WAY_MAX = 1_000;

    /** One transaction. */
    public interface Task {
        void run() throws Exception;
    }

    /** The one with this number. */
    public interface NumberedTask {
        void run(int number) throws Exception;
    }

    /** What is done when each message is due; {@code at} is of nanoTime. */
    interface Due {
        void at(int number, long at);
    }

    private interface Step {
        boolean goesOn() throws Exception;
    }

    /** Does something again and again for a time, in a closed loop; returns how often a second. */
    public double rate(Duration time, Task task) throws InterruptedException, ExecutionException {
        var done = new AtomicInteger();
        long begin = System.nanoTime();
        inParallel(() -> {
            if (System.nanoTime() - begin >= time.toNanos()) {
                return false;
            }
            task.run();
            done.incrementAndGet();
            return true;
        });
        return done.get() * 1e9 / (System.nanoTime() - begin);
    }

    /** Does something with each number from {@code first}, {@code total} of them; in a closed loop. */
    public void each(int first, int total, NumberedTask task) throws InterruptedException, ExecutionException {
        var next = new AtomicInteger(first);
        inParallel(() -> {
            int number = next.getAndIncrement();
            if (number >= first + total) {
                return false;
            }
            task.run(number);
            return true;
        });
    }

    /** The same as the other, telling nobody when each is due. */
    public void atRate(int perSecond, int first, int total, NumberedTask task)
            throws InterruptedException, ExecutionException {
        atRate(perSecond, first, total, (number, at) -> {}, task);
    }

    /** Does something with each number from {@code first}, so many a second, whether the one before is done or not. */
    void atRate(int perSecond, int first, int total, Due due, NumberedTask task)
            throws InterruptedException, ExecutionException {
        var room = new Semaphore(UNDER_WAY_MAX);
        try (var executor = threads.get()) {
            var sent = new ArrayList<Future<?>>(total);
            long begin = System.nanoTime();
            for (int i = 0; i < total; i++) {
                long dueAt = begin + i * 1_000_000_000L / perSecond;
                for (long now = System.nanoTime(); now < dueAt; now = System.nanoTime()) {
                    LockSupport.parkNanos(dueAt - now);
                }
                int number = first + i;
                due.at(number, dueAt);
                room.acquire();
                sent.add(executor.submit(() -> {
                    try {
                        task.run(number);
                    } finally {
                        room.release();
                    }
                    return null;
                }));
            }
            for (var one : sent) {
                one.get();
            }
        }
    }

    private void inParallel(Step step) throws InterruptedException, ExecutionException {
        try (var executor = threads.get()) {
            var loops = new ArrayList<Future<?>>();
            for (int i = 0; i < count; i++) {
                loops.add(executor.submit(() -> {
                    while (step.goesOn()) {}
                    return null;
                }));
            }
            for (var loop : loops) {
                loop.get();
            }
        }
    }
}
