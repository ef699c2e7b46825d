package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import postbus.messaging.Envelope;
import postbus.messaging.MessageJson;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Observer;
import postbus.messaging.Source;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Batch;
import postbus.postgres.ScratchDatabase;

@Timeout(60)
@ParameterizedClass
@EnumSource(Paces.class)
class BatchApplierTest {
    private static final int LANE = 3;
    private static Vertx vertx;
    private static Source file;

    @Parameter
    private Paces pace;

    private String subscription;
    private BatchApplier subscriber;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        file = new Source(vertx, ScratchDatabase.create(), "file");
        file.ddl("create table kept (subscription text, n int, primary key (subscription, n))");
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @BeforeEach
    void subscribe() {
        subscription = "file-" + UUID.randomUUID();
        subscriber = subscriber(false);
        CursorTable.register(file.sql(), subscription, "desk", Collections.nCopies(8, 0L));
    }

    @Test
    void a_batch_is_applied_with_its_cursor() {
        assertThat(subscriber.apply(batch(0, 7, 1, 2, 3))).isEqualTo(new Ack(7, null));
        assertThat(kept()).containsExactly(1, 2, 3);
        assertThat(cursor()).isEqualTo(7);
    }

    @Test
    void a_batch_delivered_twice_changes_state_once() {
        var batch = batch(0, 3, 1, 2, 3);
        subscriber.apply(batch);
        assertThat(subscriber.apply(batch)).isEqualTo(new Ack(3, null));
        assertThat(kept()).containsExactly(1, 2, 3);
    }

    @Test
    void what_was_applied_here_is_not_even_handled_again() {
        var handled = new ArrayList<Integer>();
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            handled.add(noted.n());
            return Outcome.done();
        });
        var instance = subscriber(handlers, false);
        instance.apply(batch(0, 2, 1, 2));
        assertThat(instance.apply(batch(0, 2, 1, 2))).isEqualTo(new Ack(2, null));
        instance.apply(batch(2, 3, 3));
        assertThat(handled).containsExactly(1, 2, 3);
    }

    @Test
    void a_batch_that_comes_too_early_changes_nothing_and_is_told_where_to_go_on() {
        subscriber.apply(batch(0, 3, 1, 2, 3));
        assertThat(subscriber.apply(batch(5, 6, 6))).isEqualTo(new Ack(3, null));
        assertThat(kept()).containsExactly(1, 2, 3);
    }

    @Test
    void an_old_batch_changes_nothing_even_after_many_others() {
        for (int n = 1; n <= 50; n++) {
            subscriber.apply(batch(n - 1, n, n));
        }
        assertThat(subscriber.apply(batch(6, 7, 7))).isEqualTo(new Ack(50, null));
        assertThat(kept()).hasSize(50);
    }

    @Test
    void a_batch_delivered_to_many_instances_at_once_changes_state_once() throws Exception {
        var batch = batch(0, 3, 1, 2, 3);
        var acks = new ArrayList<Ack>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<Ack>>();
            for (int i = 0; i < 8; i++) {
                var instance = subscriber(false);
                running.add(threads.submit(() -> instance.apply(batch)));
            }
            for (var ack : running) {
                acks.add(ack.get());
            }
        }
        assertThat(acks).containsOnly(new Ack(3, null));
        assertThat(kept()).containsExactly(1, 2, 3);
    }

    @Test
    void an_empty_batch_moves_the_cursor() {
        assertThat(subscriber.apply(batch(0, 40))).isEqualTo(new Ack(40, null));
        assertThat(cursor()).isEqualTo(40);
    }

    @Test
    void what_a_failed_handler_sent_is_not_sent() {
        subscriber.apply(batch(0, 3, 1, -2, 3));
        assertThat(kept()).containsExactly(1);
        assertThat(sent()).containsExactly("file.keep.v1");
    }

    @Test
    void a_handler_that_swallows_a_failed_statement_does_not_commit_half() {
        subscriber.apply(batch(0, 1, 1_000_000));
        assertThat(kept()).isEmpty();
        assertThat(sent()).isEmpty();
    }

    @Test
    void batches_of_several_lanes_are_applied_in_one_transaction() {
        var acks = subscriber.apply(List.of(inLane(1, 0, 2, 1, 2), inLane(3, 0, 4), inLane(5, 0, 1, 3)));
        assertThat(acks).containsExactly(new Ack(2, null), new Ack(4, null), new Ack(1, null));
        assertThat(kept()).containsExactly(1, 2, 3);
        assertThat(cursor(1)).isEqualTo(2);
        assertThat(cursor(3)).isEqualTo(4);
        assertThat(transactions()).isOne();
    }

    @Test
    void a_batch_that_is_not_next_does_not_keep_those_of_other_lanes() {
        subscriber.apply(inLane(3, 0, 1, 1));
        var acks = subscriber.apply(List.of(inLane(2, 0, 1, 2), inLane(3, 0, 1, 1), inLane(4, 0, 1, 3)));
        assertThat(acks).containsExactly(new Ack(1, null), new Ack(1, null), new Ack(1, null));
        assertThat(kept()).containsExactly(1, 2, 3);
    }

    @Test
    void a_message_that_fails_does_not_keep_those_of_other_lanes() {
        var acks = subscriber.apply(List.of(inLane(2, 0, 2, 1, -2), inLane(3, 0, 2, 3, 4)));
        assertThat(acks).containsExactly(new Ack(2, null), new Ack(2, null));
        assertThat(kept()).containsExactly(1, 3, 4);
    }

    @Test
    void a_batch_handler_is_given_what_follows_each_other() {
        var given = new ArrayList<List<Integer>>();
        var handlers = new Handlers();
        handlers.<Noted>addBatch(Noted.class, (notes, tx) -> {
            given.add(notes.stream().map(Noted::n).toList());
            notes.forEach(note -> keep(note.n(), tx));
        });
        var batching = subscriber(handlers, false);
        assertThat(batching.apply(List.of(inLane(1, 0, 3, 1, 2, 3), inLane(2, 0, 1, 4))))
                .hasSize(2);
        assertThat(given).containsExactly(List.of(1, 2, 3, 4));
        assertThat(kept()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void what_a_batch_handler_cannot_apply_is_found_and_parked_alone() {
        var handlers = new Handlers();
        handlers.<Noted>addBatch(Noted.class, (notes, tx) -> notes.forEach(note -> keep(note.n(), tx)));
        assertThat(subscriber(handlers, false).apply(batch(0, 3, 1, 2, -3))).isEqualTo(new Ack(3, null));
        assertThat(kept()).containsExactly(1, 2);
    }

    /** Here another transaction has the cursor's row, moves it, and commits when the handlers ran, or waits for them in vain. */
    @Test
    void handlers_that_are_quick_do_not_wait_for_their_cursor_and_change_nothing_if_it_was_moved() throws Exception {
        var hasBegun = new CountDownLatch(1);
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            hasBegun.countDown();
            keep(noted.n(), tx);
            return Outcome.done();
        });
        var instance = subscriber(handlers, false);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var ack = file.transactions().<Future<Ack>>callOnce(Cause.none(), tx -> {
                tx.execute("update subscription_cursor set position = 9 where subscription = $1", subscription);
                var applying = threads.submit(() -> instance.apply(batch(0, 2, 1, 2)));
                awaitBegun(hasBegun);
                return applying;
            });
            assertThat(ack.get()).isEqualTo(new Ack(9, null));
        }
        assertThat(hasBegun.getCount()).isEqualTo(pace == Paces.QUICK ? 0 : 1);
        assertThat(kept()).isEmpty();
        assertThat(sent()).isEmpty();
    }

    /** Slow ones are not to begin: waits until they wait for the row. */
    private void awaitBegun(CountDownLatch hasBegun) {
        try {
            if (pace == Paces.QUICK) {
                assertThat(hasBegun.await(30, TimeUnit.SECONDS)).isTrue();
            } else {
                awaitWaiting();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitWaiting() throws InterruptedException {
        while (file.sql()
                .list("select 1 as one from pg_locks where not granted", row -> 1)
                .isEmpty()) { // bounded by the timeout of the test
            Thread.sleep(10);
        }
    }

    @Test
    void one_message_a_transaction_gives_the_same_result() {
        assertThat(subscriber(true).apply(batch(0, 9, 1, 2, 3))).isEqualTo(new Ack(9, null));
        assertThat(kept()).containsExactly(1, 2, 3);
    }

    private BatchApplier subscriber(boolean isOneMessageATransaction) {
        return subscriber(handlers(), isOneMessageATransaction);
    }

    private Handlers handlers() {
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            keep(noted.n(), tx);
            return Outcome.done();
        });
        return handlers;
    }

    private BatchApplier subscriber(Handlers handlers, boolean isOneMessageATransaction) {
        var waits = Waits.of(vertx);
        return new BatchApplier(
                new PostgresInbox(subscription, file.transactions(), handlers),
                new ParkingLot(subscription, Parking.DEFAULT, false, waits, Observer.NOBODY),
                isOneMessageATransaction,
                waits,
                pace.pace(),
                () -> {},
                Observer.NOBODY);
    }

    private void keep(int n, Transaction tx) {
        tx.send(new Keep(subscription, n));
        if (n < 0) {
            throw new IllegalArgumentException("negative");
        }
        if (n == 1_000_000) {
            try {
                tx.execute("select 1 / 0");
            } catch (RuntimeException swallowed) {
                return;
            }
        }
        tx.execute("insert into kept values ($1, $2)", subscription, n);
    }

    /** Messages at positions after+1, after+2, …. */
    private Batch batch(long after, long upto, int... numbers) {
        return inLane(LANE, after, upto, numbers);
    }

    private Batch inLane(int lane, long after, long upto, int... numbers) {
        var messages = new ArrayList<Batch.Positioned>();
        for (int n : numbers) {
            var message = new Envelope(
                    UUID.randomUUID(),
                    "desk",
                    "desk.noted.v1",
                    "k",
                    Instant.now(),
                    null,
                    UUID.randomUUID(),
                    null,
                    null,
                    MessageJson.write(new Noted("k", n)));
            messages.add(new Batch.Positioned(after + messages.size() + 1, message));
        }
        return new Batch(subscription, "desk", lane, after, upto, messages);
    }

    private List<Integer> kept() {
        return file.sql()
                .list(
                        "select n from kept where subscription = $1 order by n",
                        row -> row.getInteger("n"),
                        subscription);
    }

    private List<String> sent() {
        return file.sql().list("select type from outbox where key = $1", row -> row.getString("type"), subscription);
    }

    /** In how many transactions what is kept was written. */
    private int transactions() {
        return file.sql()
                .find(
                        "select count(distinct xmin::text)::int as count from kept where subscription = $1",
                        row -> row.getInteger("count"),
                        subscription)
                .orElseThrow();
    }

    private long cursor() {
        return cursor(LANE);
    }

    private long cursor(int lane) {
        return CursorTable.find(file.sql(), subscription, "desk", lane).position();
    }
}
