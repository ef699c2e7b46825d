package postbus.bench;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A line a second on standard output: how many of how many. */
final class Progress {
    private final String what;
    private final int total;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicLong shownAtSecond = new AtomicLong();
    private final long begin = System.nanoTime();

    Progress(String what, int total) {
        this.what = what;
        this.total = total;
    }

    void step() {
        done.incrementAndGet();
        long second = (System.nanoTime() - begin) / 1_000_000_000;
        if (shownAtSecond.getAndSet(second) < second) {
            show(second);
        }
    }

    void end() {
        show((System.nanoTime() - begin) / 1_000_000_000);
    }

    private void show(long second) {
        System.out.printf("%4d s  %s %d of %d%n", second, what, done.get(), total);
    }
}
