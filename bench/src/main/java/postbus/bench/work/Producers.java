package postbus.bench.work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Those who commit: each a virtual thread, in a closed loop or at a steady rate. */
public record Producers(int count) {
    /** How many may be without an answer at a steady rate; beyond that the rate is not held. */
    private static final int UNDER_WAY_MAX = 10_000;

    /** Does something with each number from {@code from}, {@code total} of them; in a closed loop. */
    public void each(int from, int total, IntConsumer work) {
        var next = new AtomicInteger(from);
        inParallel(() -> {
            int number = next.getAndIncrement();
            if (number >= from + total) {
                return false;
            }
            work.accept(number);
            return true;
        });
    }

    /** Does something again and again for a time, in a closed loop; returns how often a second. */
    public double rate(Duration time, Runnable work) {
        var done = new AtomicInteger();
        long begin = System.nanoTime();
        inParallel(() -> {
            if (System.nanoTime() - begin >= time.toNanos()) {
                return false;
            }
            work.run();
            done.incrementAndGet();
            return true;
        });
        return done.get() * 1e9 / (System.nanoTime() - begin);
    }

    /** Does something with each number from {@code from}, so many a second, whether the one before is done or not. */
    public void atRate(int perSecond, int from, int total, IntConsumer work)
            throws InterruptedException, ExecutionException {
        var room = new Semaphore(UNDER_WAY_MAX);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sent = new ArrayList<Future<?>>(total);
            long begin = System.nanoTime();
            for (int i = 0; i < total; i++) {
                long dueAt = begin + i * 1_000_000_000L / perSecond;
                for (long now = System.nanoTime(); now < dueAt; now = System.nanoTime()) {
                    LockSupport.parkNanos(dueAt - now);
                }
                int number = from + i;
                room.acquire();
                sent.add(threads.submit(() -> {
                    work.accept(number);
                    room.release();
                }));
            }
            for (var one : sent) {
                one.get();
            }
        }
    }

    private void inParallel(BooleanSupplier step) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var loops = new ArrayList<Future<?>>();
            for (int i = 0; i < count; i++) {
                loops.add(threads.submit(() -> {
                    while (step.getAsBoolean()) {}
                }));
            }
            for (var loop : loops) {
                loop.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
