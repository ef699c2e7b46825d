package postbus.node.work;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes items of a {@link LeasedQueue} and does each on a virtual thread of its own, at most so many at a time. Every
 * instance of a service runs one on the same table.
 *
 * <p>It is woken by {@link #wake}, a hint that may be lost, and by a slow timer. The lease of an item in hand is
 * renewed for as long as its work takes, so a lease can be short. When the process dies the lease runs out and another
 * instance takes the item: work is done at least once, and for a moment by two instances when one of them was stopped
 * for longer than a lease. An item whose work throws is left to be taken again in the same way.
 *
 * <p>Thread-safe; no method blocks. The queue and the work run on virtual threads only.
 */
public final class LeasedWorker<T> {
    private static final Logger LOG = LoggerFactory.getLogger(LeasedWorker.class);

    /** Renewals within one lease: two may fail before it is lost. */
    private static final int RENEWALS = 3;

    /**
     * @param name for log lines and threads
     * @param inHandMax how many items at a time, 1 to 1,000
     * @param lease after which an item counts as abandoned, 100 ms to 10 min
     * @param pollEvery how often to look without having been woken, 10 ms to 1 min
     * @param drainMax how long {@link #stop} waits for what is in hand, 1 ms to 1 min
     */
    public record Options(String name, int inHandMax, Duration lease, Duration pollEvery, Duration drainMax) {
        public Options {
            if (inHandMax < 1 || inHandMax > 1_000) {
                throw new IllegalArgumentException("inHandMax must be 1 to 1000, is " + inHandMax);
            }
            requireBetween("lease", lease, Duration.ofMillis(100), Duration.ofMinutes(10));
            requireBetween("pollEvery", pollEvery, Duration.ofMillis(10), Duration.ofMinutes(1));
            requireBetween("drainMax", drainMax, Duration.ofMillis(1), Duration.ofMinutes(1));
        }

        private static void requireBetween(String what, Duration value, Duration min, Duration max) {
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", is " + value);
            }
        }
    }

    private final Vertx vertx;
    private final Options options;
    private final LeasedQueue<T> queue;
    private final Consumer<T> work;

    private final Map<Thread, T> inHand = new ConcurrentHashMap<>();
    private final AtomicBoolean isWanted = new AtomicBoolean();
    private final AtomicBoolean isTaking = new AtomicBoolean();
    private final AtomicBoolean isRenewing = new AtomicBoolean();
    /** Threads that take or work; when it falls to zero while stopping, the worker is drained. */
    private final AtomicInteger busy = new AtomicInteger();

    private final Promise<Void> drained = Promise.promise();
    private volatile boolean mayBeMore;
    private volatile boolean isStopping;
    private long pollTimer = -1;
    private long renewalTimer = -1;

    /** @param work does one item, outside any transaction, and records what came of it before it returns */
    public LeasedWorker(Vertx vertx, Options options, LeasedQueue<T> queue, Consumer<T> work) {
        this.vertx = vertx;
        this.options = options;
        this.queue = queue;
        this.work = work;
    }

    /** Begins to look by itself. Call it once, on the context of the verticle it belongs to. */
    public void start() {
        pollTimer = vertx.setPeriodic(options.pollEvery().toMillis(), tick -> wake());
        renewalTimer = vertx.setPeriodic(options.lease().toMillis() / RENEWALS, tick -> renew());
        wake();
    }

    /** There may be something to take. Many calls that come together are one look; calling it too often is cheap. */
    public void wake() {
        isWanted.set(true);
        if (!isStopping && isTaking.compareAndSet(false, true)) {
            onVirtualThread("take", this::takeWhileWanted);
        }
    }

    /**
     * Takes nothing more, and completes when what is in hand is done, or after {@code drainMax}: what is still in hand
     * then goes on alone for as long as the process lives, and is taken by another instance when its lease runs out.
     */
    public Future<Void> stop() {
        isStopping = true;
        vertx.cancelTimer(pollTimer);
        if (busy.get() == 0) {
            drained.tryComplete();
        }
        var patience = vertx.setTimer(options.drainMax().toMillis(), tooLate -> {
            LOG.info("worker.left worker={} in_hand={}, their leases will run out", options.name(), inHand.size());
            drained.tryComplete();
        });
        return drained.future().onComplete(done -> {
            vertx.cancelTimer(patience);
            vertx.cancelTimer(renewalTimer);
        });
    }

    /** Whether it has been asked to end; work in several steps should not begin another. */
    public boolean isStopping() {
        return isStopping;
    }

    private void takeWhileWanted() {
        try {
            while (!isStopping && isWanted.getAndSet(false)) {
                fillHands();
            }
        } catch (Exception failure) { // also the checked ones that await throws unseen: Postgres cannot be reached
            LOG.warn("worker.take.failed worker={}, tried again in {}", options.name(), options.pollEvery(), failure);
        } finally {
            isTaking.set(false);
        }
        if (isWanted.get()) { // a wake between the last look and the line above found us still taking
            wake();
        }
    }

    private void fillHands() {
        while (!isStopping) {
            // Said before counting: a thread that ends after the count must know that its place is wanted.
            mayBeMore = true;
            int free = options.inHandMax() - inHand.size();
            if (free <= 0) {
                return;
            }
            List<T> items = queue.take(free, options.lease());
            items.forEach(this::begin);
            mayBeMore = items.size() >= free;
            if (!mayBeMore) {
                return;
            }
        }
    }

    private void begin(T item) {
        busy.incrementAndGet();
        var thread = Thread.ofVirtual().name(options.name()).unstarted(() -> {
            try {
                work.accept(item);
            } catch (Exception | Error failure) {
                LOG.warn(
                        "worker.work.failed worker={}, taken again after {}", options.name(), options.lease(), failure);
            } finally {
                inHand.remove(Thread.currentThread());
                ended();
            }
            if (mayBeMore) {
                wake();
            }
        });
        inHand.put(thread, item);
        thread.start();
    }

    private void renew() {
        var items = List.copyOf(inHand.values());
        if (items.isEmpty() || !isRenewing.compareAndSet(false, true)) {
            return;
        }
        onVirtualThread("renew", () -> {
            try {
                queue.renew(items, options.lease());
            } catch (Exception failure) {
                LOG.warn("worker.renew.failed worker={}, tried again soon", options.name(), failure);
            } finally {
                isRenewing.set(false);
            }
        });
    }

    private void onVirtualThread(String what, Runnable task) {
        busy.incrementAndGet();
        Thread.ofVirtual().name(options.name() + "-" + what).start(() -> {
            try {
                task.run();
            } finally {
                ended();
            }
        });
    }

    private void ended() {
        if (busy.decrementAndGet() == 0 && isStopping) {
            drained.tryComplete();
        }
    }
}
