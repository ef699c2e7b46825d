package postbus.node.command;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One line on a terminal that says how far long work is, and overwrites itself; nothing where there is no terminal.
 * Thread-safe.
 */
public final class Progress {
    /** Shows nothing. */
    public static final Progress NONE = new Progress(null);

    /** Work that takes less is not worth a line. */
    private static final Duration AFTER = Duration.ofSeconds(1);

    private final @Nullable PrintWriter terminal;
    private int shown;

    private Progress(@Nullable PrintWriter terminal) {
        this.terminal = terminal;
    }

    static Progress on(PrintWriter terminal) {
        return new Progress(terminal);
    }

    /** Shows this instead of what it shows now. */
    public synchronized void show(String line) {
        if (terminal != null) {
            terminal.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
            terminal.flush();
            shown = line.length();
        }
    }

    /** Takes away what it shows. */
    public synchronized void end() {
        if (terminal != null && shown > 0) {
            show("");
            terminal.print("\r");
            terminal.flush();
        }
    }

    /** Shows for how long some work has been going on, until it is done. */
    public <T> T during(String what, Supplier<T> work) {
        if (terminal == null) {
            return work.get();
        }
        var isDone = new CountDownLatch(1);
        Thread.ofVirtual().name("progress").start(() -> tick(what, isDone));
        try {
            return work.get();
        } finally {
            isDone.countDown();
            end();
        }
    }

    private void tick(String what, CountDownLatch isDone) {
        long beganNanos = System.nanoTime();
        try {
            while (!isDone.await(AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                synchronized (this) {
                    if (isDone.getCount() > 0) { // else its end has taken the line away
                        show(what + ", "
                                + Duration.ofNanos(System.nanoTime() - beganNanos)
                                        .toSeconds() + " s");
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does so; without the line the work goes on all the same
        }
    }
}
