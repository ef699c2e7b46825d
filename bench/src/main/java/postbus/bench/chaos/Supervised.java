package postbus.bench.chaos;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import postbus.node.process.Launch;
import postbus.node.process.NodeProcess;

/** A node that is started again 2 s after it has ended, whatever it ended of, as a supervisor would. Thread-safe. */
final class Supervised implements AutoCloseable {
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);

    private static final Duration END_MAX = Duration.ofMinutes(1);

    /** Before it is ready for the first time. */
    private static final int STARTS_MAX = 3;

    private final Launch launch;
    private final String service;
    private final String instance;
    private final RunLog log;
    private final AtomicInteger starts = new AtomicInteger();
    private @Nullable NodeProcess process;
    private boolean isAskedToEnd;
    private boolean isReady;
    private boolean isClosed;

    Supervised(Launch launch, String service, String instance, RunLog log) {
        this.launch = launch;
        this.service = service;
        this.instance = instance;
        this.log = log;
    }

    String instance() {
        return instance;
    }

    synchronized void start() {
        if (isClosed) {
            return;
        }
        isReady = false;
        isAskedToEnd = false;
        starts.incrementAndGet();
        notifyAll();
        var started = NodeProcess.start(launch.tellingLines(this::heard), service, instance);
        process = started;
        var unused = started.onExit().thenAccept(this::ended);
    }

    private void heard(String line) {
        if (line.startsWith(service + " is ready")) {
            synchronized (this) {
                isReady = true;
                notifyAll();
            }
        }
    }

    private synchronized void ended(int code) {
        isReady = false;
        if (isClosed) {
            return;
        }
        if (!isAskedToEnd) {
            log.note("%s ended by itself with code %d, see its log".formatted(instance, code));
        }
        CompletableFuture.delayedExecutor(AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::start);
    }

    synchronized boolean isReady() {
        return isReady;
    }

    /** Waits until it has said so; returns whether it did within this time and few starts. */
    synchronized boolean awaitReady(Duration max) throws InterruptedException {
        long end = System.nanoTime() + max.toNanos();
        for (long left = max.toMillis();
                !isReady && left > 0 && starts.get() <= STARTS_MAX;
                left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        return isReady;
    }

    /** How often it was started after the first time. */
    int restarts() {
        return Math.max(0, starts.get() - 1);
    }

    /** Returns whether there was a process to kill. */
    synchronized boolean kill() {
        var target = alive();
        if (target != null) {
            isAskedToEnd = true;
            target.kill();
        }
        return target != null;
    }

    synchronized boolean terminate() {
        var target = alive();
        if (target != null) {
            isAskedToEnd = true;
            target.terminate();
        }
        return target != null;
    }

    /** Returns what resumes just the process that was paused; null when there was none. */
    synchronized @Nullable Runnable pause() {
        var target = alive();
        if (target == null) {
            return null;
        }
        target.pause();
        return target::resume;
    }

    private @Nullable NodeProcess alive() {
        return process != null && process.isAlive() ? process : null;
    }

    /** Where it answers HTTP; once it is ready. */
    synchronized String address() {
        if (process == null) {
            throw new IllegalStateException(instance + " was not started");
        }
        return process.address();
    }

    /** SIGTERM, and not started again; waits until it has ended. Fails where it does not end by itself, as it should. */
    void retire() {
        NodeProcess last;
        synchronized (this) {
            isClosed = true;
            isReady = false;
            last = process;
        }
        if (last == null) {
            return;
        }
        last.terminate();
        int code = last.awaitExit(END_MAX);
        if (code != 0) {
            throw new IllegalStateException(instance + " ended with code " + code + ", see its log");
        }
    }

    /** SIGKILL, and not started again. */
    @Override
    public void close() {
        NodeProcess last;
        synchronized (this) {
            isClosed = true;
            last = process;
        }
        if (last != null) {
            last.close();
        }
    }
}
