package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import postbus.messaging.Envelope;
import postbus.messaging.MessageJson;
import postbus.messaging.Notes.Noted;
import postbus.messaging.wire.Batch;

/** Threads are begun and run by hand. */
class GatheringTest {
    private static final int QUICK_NANOS = 1_000;
    private static final int SLOW_NANOS = 6_000_000;

    private static final Envelope NOTE = new Envelope(
            UUID.randomUUID(),
            "desk",
            "desk.noted.v1",
            "k",
            Instant.EPOCH,
            null,
            UUID.randomUUID(),
            null,
            null,
            MessageJson.write(new Noted("k", 1)));

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<List<Integer>> applied = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final Pace pace = new Pace(nanos::get);
    private final Gathering<Batch> gathering = gathering(true);

    private Gathering<Batch> gathering(boolean mayGather) {
        return new Gathering<>(
                mayGather,
                batch -> batch,
                batches -> applied.add(batches.stream().map(Batch::lane).toList()),
                threads::add,
                pace);
    }

    @Test
    void what_waits_for_a_thread_is_applied_together_in_the_order_of_cursors() {
        handlersTake(QUICK_NANOS);
        for (int lane : List.of(3, 0, 2)) {
            gathering.add(batch(lane, 1));
        }
        assertThat(threads).hasSize(2);
        runThreads();
        assertThat(applied).containsExactly(List.of(0, 2, 3));
    }

    @Test
    void alone_it_begins_at_once() {
        gathering.add(batch(5, 1));
        runThreads();
        gathering.add(batch(5, 1));
        runThreads();
        assertThat(applied).containsExactly(List.of(5), List.of(5));
    }

    @Test
    void a_failure_ends_a_thread_and_nothing_else() {
        var failing = new Gathering<Batch>(
                true,
                batch -> batch,
                batches -> {
                    throw new IllegalStateException("not to be");
                },
                threads::add,
                pace);
        for (int i = 0; i < 5; i++) {
            failing.add(batch(i, 1));
            assertThat(threads).hasSize(1);
            assertThatThrownBy(this::runThreads).hasMessage("not to be");
        }
    }

    @Test
    void slow_handlers_run_side_by_side() {
        handlersTake(SLOW_NANOS);
        for (int lane = 0; lane < 8; lane++) {
            gathering.add(batch(lane, 1));
        }
        assertThat(threads).hasSize(8);
        runThreads();
        assertThat(applied).hasSize(8);
    }

    @Test
    void handlers_that_became_quick_are_gathered_again() {
        handlersTake(SLOW_NANOS);
        for (int i = 0; i < 100; i++) {
            handlersTake(QUICK_NANOS);
        }
        gathering.add(batch(0, 1));
        gathering.add(batch(1, 1));
        runThreads();
        assertThat(applied).containsExactly(List.of(0, 1));
    }

    @Test
    void a_transaction_of_several_batches_has_a_limit_and_one_batch_alone_has_its_own() {
        handlersTake(QUICK_NANOS);
        gathering.add(batch(0, Gathering.MESSAGES_MAX + 1));
        gathering.add(batch(1, Gathering.MESSAGES_MAX));
        gathering.add(batch(2, 1));
        runThreads();
        assertThat(applied).containsExactly(List.of(0), List.of(1), List.of(2));
    }

    @Test
    void where_they_must_not_share_a_transaction_each_has_a_thread() {
        var apart = gathering(false);
        handlersTake(QUICK_NANOS);
        for (int lane = 0; lane < 4; lane++) {
            apart.add(batch(lane, 1));
        }
        assertThat(threads).hasSize(4);
        runThreads();
        assertThat(applied).containsExactly(List.of(0), List.of(1), List.of(2), List.of(3));
    }

    private void handlersTake(long nanosAMessage) {
        for (int i = 0; i < 100; i++) {
            pace.handle(1, () -> nanos.addAndGet(nanosAMessage));
        }
    }

    private void runThreads() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    private static Batch batch(int lane, int count) {
        var messages = new ArrayList<Batch.Positioned>();
        for (int i = 1; i <= count; i++) {
            messages.add(new Batch.Positioned(i, NOTE));
        }
        return new Batch("file", "desk", lane, 0, count, messages);
    }
}
