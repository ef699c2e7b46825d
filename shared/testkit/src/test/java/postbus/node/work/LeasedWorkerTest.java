package postbus.node.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import postbus.testkit.Await;

class LeasedWorkerTest {
    private static final Vertx vertx = Vertx.vertx();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** So slow that a test that passes in time was woken. */
    private static final Duration NEVER = Duration.ofMinutes(1);

    private final Shelf shelf = new Shelf();
    private final Queue<Integer> done = new ConcurrentLinkedQueue<>();
    private LeasedWorker<Integer> worker;

    @AfterEach
    void stop() {
        worker.stop().await();
    }

    @AfterAll
    static void close() {
        vertx.close().await();
    }

    /** Items in memory; taken ones are gone, renewed ones are counted. */
    private static final class Shelf implements LeasedQueue<Integer> {
        final Queue<Integer> items = new ConcurrentLinkedQueue<>();
        final ConcurrentHashMap<Integer, Integer> renewals = new ConcurrentHashMap<>();
        final AtomicInteger takes = new AtomicInteger();
        volatile boolean isDown;

        @Override
        public List<Integer> take(int max, Duration lease) {
            takes.incrementAndGet();
            if (isDown) {
                throw new IllegalStateException("down");
            }
            var taken = new ArrayList<Integer>();
            while (taken.size() < max && !items.isEmpty()) {
                taken.add(items.remove());
            }
            return taken;
        }

        @Override
        public void renew(List<Integer> inHand, Duration lease) {
            inHand.forEach(item -> renewals.merge(item, 1, Integer::sum));
        }
    }

    private void start(int inHandMax, Duration pollEvery, Consumer<Integer> work) {
        start(inHandMax, pollEvery, Duration.ofSeconds(5), work);
    }

    private void start(int inHandMax, Duration pollEvery, Duration drainMax, Consumer<Integer> work) {
        var options = new LeasedWorker.Options("test", inHandMax, Duration.ofMillis(150), pollEvery, drainMax);
        worker = new LeasedWorker<>(vertx, options, shelf, work);
        worker.start();
    }

    private void add(int... items) {
        for (int item : items) {
            shelf.items.add(item);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitDone(int count) {
        Await.until(count + " items done", PATIENCE, () -> done.size() == count);
    }

    @Test
    void what_waits_at_the_start_is_done() {
        add(1, 2, 3);
        start(2, NEVER, done::add);
        awaitDone(3);
    }

    @Test
    void a_wake_has_it_look_at_once() {
        start(2, NEVER, done::add);
        Await.until("looked", PATIENCE, () -> shelf.takes.get() > 0);
        add(1);
        worker.wake();
        awaitDone(1);
    }

    @Test
    void it_looks_by_itself_when_a_wake_is_lost() {
        start(2, Duration.ofMillis(20), done::add);
        Await.until("looked", PATIENCE, () -> shelf.takes.get() > 1);
        add(1);
        awaitDone(1);
    }

    @Test
    void no_wake_is_lost_however_it_falls() {
        start(3, NEVER, done::add);
        for (int i = 1; i <= 2_000; i++) {
            add(i);
            worker.wake();
        }
        awaitDone(2_000);
    }

    @Test
    void as_many_as_the_limit_are_in_hand_and_never_more() {
        var inHand = new AtomicInteger();
        var most = new AtomicInteger();
        var four = new CountDownLatch(4);
        for (int i = 0; i < 200; i++) {
            add(i);
        }
        start(4, NEVER, item -> {
            most.accumulateAndGet(inHand.incrementAndGet(), Math::max);
            four.countDown();
            await(four);
            inHand.decrementAndGet();
            done.add(item);
        });
        awaitDone(200);
        assertThat(most).hasValue(4);
    }

    @Test
    void a_slow_item_holds_back_no_other() {
        var latch = new CountDownLatch(1);
        add(1, 2, 3, 4, 5);
        start(2, NEVER, item -> {
            if (item == 1) {
                await(latch);
            }
            done.add(item);
        });
        awaitDone(4);
        assertThat(done).doesNotContain(1);
        latch.countDown();
        awaitDone(5);
    }

    @Test
    void the_lease_of_an_item_in_hand_is_renewed() {
        var latch = new CountDownLatch(1);
        add(1);
        start(2, NEVER, item -> await(latch));
        Await.until("renewed", PATIENCE, () -> shelf.renewals.getOrDefault(1, 0) >= 2);
        latch.countDown();
    }

    @Test
    void work_that_throws_stops_no_other() {
        add(1, 2, 3);
        start(1, NEVER, item -> {
            if (item < 3) {
                throw new IllegalStateException("item " + item);
            }
            done.add(item);
        });
        awaitDone(1);
    }

    @Test
    void it_goes_on_when_the_queue_is_back() {
        shelf.isDown = true;
        add(1);
        start(1, Duration.ofMillis(20), done::add);
        Await.until("tried", PATIENCE, () -> shelf.takes.get() > 1);
        shelf.isDown = false;
        awaitDone(1);
    }

    @Test
    void stopping_waits_for_what_is_in_hand_and_takes_nothing_more() {
        var began = new Semaphore(0);
        var latch = new CountDownLatch(1);
        add(1, 2);
        start(1, NEVER, item -> {
            began.release();
            await(latch);
            done.add(item);
        });
        began.acquireUninterruptibly();
        var stopped = worker.stop();
        assertThat(stopped.isComplete()).isFalse();
        latch.countDown();
        stopped.await();
        assertThat(done).containsExactly(1);
        assertThat(shelf.items).containsExactly(2);
    }

    @Test
    void stopping_does_not_wait_for_ever() {
        var began = new Semaphore(0);
        var latch = new CountDownLatch(1);
        add(1);
        start(1, NEVER, Duration.ofMillis(50), item -> {
            began.release();
            await(latch);
        });
        began.acquireUninterruptibly();
        worker.stop().await();
        assertThat(latch.getCount()).isEqualTo(1);
        latch.countDown();
    }
}
