package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Envelope;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.Source;
import postbus.messaging.trail.Signed;
import postbus.messaging.trail.Trail;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Sql;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Batch;
import postbus.postgres.ScratchDatabase;

@Timeout(60)
class PausesTest {
    private static final Signed ANNA = new Signed("anna", "the shelf is full");
    private static final Signed BERT = new Signed("bert", "it is empty again");

    private static Vertx vertx;
    private static Source file;
    private Shelf shelf;
    private Shelf.Instance instance;
    private Pauses pauses;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        file = new Source(vertx, ScratchDatabase.create(), "file");
        Shelf.create(file);
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @BeforeEach
    void subscribe() {
        shelf = new Shelf(vertx, file);
        instance = shelf.instance();
        pauses = new Pauses(file.transactions(), shelf.subscription);
    }

    @Test
    void what_comes_while_paused_is_refused_and_says_so_and_nothing_moves() {
        instance.apply(shelf.batch(0, "a1"));
        assertThat(pauses.pause("desk", ANNA)).isTrue();

        for (var batch : List.of(shelf.batch(1, "b2"), shelf.batch(1, "b2", "c3"), shelf.batch(1))) {
            var ack = instance.apply(batch);
            assertThat(ack.cursor()).isEqualTo(1);
            assertThat(ack.failure()).contains("is paused: it takes nothing of desk");
        }
        assertThat(shelf.kept()).containsExactly("a1");
        assertThat(shelf.cursor()).isEqualTo(1);
    }

    @Test
    void after_a_resume_it_goes_on_where_it_was() {
        instance.apply(shelf.batch(0, "a1"));
        pauses.pause("desk", ANNA);
        instance.apply(shelf.batch(1, "b2"));
        assertThat(pauses.resume("desk", BERT)).isTrue();

        assertThat(instance.apply(shelf.batch(1, "b2", "c3"))).isEqualTo(new Ack(3, null));
        assertThat(shelf.kept()).containsExactly("a1", "b2", "c3");
    }

    @Test
    void another_source_in_the_same_transaction_flows() {
        CursorTable.register(file.sql(), shelf.subscription, "till", Collections.nCopies(8, 0L));
        pauses.pause("desk", ANNA);
        var paused = shelf.batch(0, "a1");
        var acks = instance.applier.apply(List.of(paused, fromTill("b2")));

        assertThat(acks.get(0).failure()).contains("is paused");
        assertThat(acks.get(1)).isEqualTo(new Ack(1, null));
        assertThat(shelf.kept()).containsExactly("b2");
    }

    @Test
    void what_is_parked_waits_too_and_is_retried_after_the_resume() {
        shelf.failingAt(1);
        instance.apply(shelf.batch(0, "a1", "a2"));
        shelf.meeting((note, tx) -> Outcome.done());
        shelf.clock.turn(Duration.ofMinutes(1));
        pauses.pause("desk", ANNA);

        assertThat(instance.inbox.turns(100)).isEmpty();
        assertThat(instance.retrier.retry(new Inbox.Turn("desk", 1, Duration.ZERO)))
                .as("looked up before the pause")
                .isFalse();
        assertThat(shelf.kept()).isEmpty();
        pauses.resume("desk", BERT);
        instance.retryDue();
        assertThat(shelf.kept()).containsExactly("a1", "a2");
    }

    @Test
    void parked_messages_of_a_paused_source_do_not_take_the_turns_of_another() {
        shelf.failingAt(1, 2);
        CursorTable.register(file.sql(), shelf.subscription, "till", Collections.nCopies(8, 0L));
        instance.apply(shelf.batch(0, "a1"));
        shelf.clock.turn(Duration.ofMinutes(1)); // longer than any first wait, so the turn of desk comes first
        instance.apply(fromTill("b2"));
        assertThat(instance.inbox.turns(1)).extracting(Inbox.Turn::source).containsExactly("desk");
        pauses.pause("desk", ANNA);

        assertThat(instance.inbox.turns(1)).extracting(Inbox.Turn::source).containsExactly("till");
    }

    @Test
    void a_pause_is_answered_after_the_batch_in_hand() throws Exception {
        var hasBegun = new CountDownLatch(1);
        var mayGoOn = new CountDownLatch(1);
        holdHandlers(hasBegun, mayGoOn);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var batch = threads.submit(() -> instance.apply(shelf.batch(0, "a1")));
            await(hasBegun);
            var pause = threads.submit(() -> pauses.pause("desk", ANNA));
            awaitWaiting();
            assertThat(pause.isDone()).isFalse();
            mayGoOn.countDown();
            assertThat(pause.get()).isTrue();
            assertThat(shelf.kept()).containsExactly("a1");
            batch.get();
        }
    }

    /** Its handler has begun without waiting for the cursor. */
    @Test
    void of_a_batch_of_quick_handlers_in_hand_nothing_is_left_when_a_pause_is_answered() throws Exception {
        var quick = shelf.pace(Paces.QUICK).instance();
        var hasBegun = new CountDownLatch(1);
        var mayGoOn = new CountDownLatch(1);
        holdHandlers(hasBegun, mayGoOn);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var batch = threads.submit(() -> quick.apply(shelf.batch(0, "a1")));
            await(hasBegun);
            assertThat(pauses.pause("desk", ANNA)).isTrue();
            mayGoOn.countDown();
            assertThat(batch.get().failure()).contains("is paused");
        }
        assertThat(shelf.kept()).isEmpty();
        assertThat(shelf.cursor()).isZero();
    }

    @Test
    void a_pause_is_answered_after_the_parked_message_in_hand() throws Exception {
        shelf.failingAt(1);
        instance.apply(shelf.batch(0, "a1", "b1"));
        shelf.clock.turn(Duration.ofMinutes(1));
        var hasBegun = new CountDownLatch(1);
        var mayGoOn = new CountDownLatch(1);
        holdHandlers(hasBegun, mayGoOn);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var retry = threads.submit(() -> instance.retrier.retry(new Inbox.Turn("desk", 1, Duration.ZERO)));
            await(hasBegun);
            var pause = threads.submit(() -> pauses.pause("desk", ANNA));
            awaitWaiting();
            assertThat(pause.isDone()).isFalse();
            assertThat(instance.retrier.retry(new Inbox.Turn("desk", 2, Duration.ZERO)))
                    .as("none begins while a pause waits")
                    .isFalse();
            mayGoOn.countDown();
            assertThat(pause.get()).isTrue();
            assertThat(shelf.kept()).containsExactly("a1");
            assertThat(retry.get()).isTrue();
        }
    }

    @Test
    void under_fire_nothing_is_applied_between_a_pause_and_its_resume_and_nothing_is_lost() throws Exception {
        int lanes = 4;
        var isFired = new AtomicBoolean(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var fire = new ArrayList<Future<?>>();
            for (int lane = 0; lane < lanes; lane++) {
                int number = lane;
                fire.add(threads.submit(() -> {
                    var mine = shelf.instance();
                    for (long n = 1; isFired.get(); n++) {
                        var ack = mine.apply(shelf.batch(number, n - 1, List.of("k" + number + "-" + n)));
                        n -= ack.cursor() == n ? 0 : 1;
                    }
                }));
            }
            for (int round = 0; round < 20; round++) {
                long before = shelf.kept().size();
                awaitKept(before + lanes);
                pauses.pause("desk", ANNA);
                var atPause = shelf.kept();
                for (int lane = 0; lane < lanes; lane++) { // one more of each lane, to be refused
                    instance.apply(shelf.batch(lane, shelf.cursor(lane), List.of("k" + lane + "-999999")));
                }
                assertThat(shelf.kept()).hasSameSizeAs(atPause);
                pauses.resume("desk", BERT);
            }
            isFired.set(false);
            for (var each : fire) {
                each.get();
            }
        }
        for (int lane = 0; lane < lanes; lane++) {
            var numbers = shelf.kept("k" + lane);
            assertThat(numbers).as("lane %d", lane).isNotEmpty();
            for (int n = 0; n < numbers.size(); n++) {
                assertThat(numbers.get(n)).isEqualTo(n + 1);
            }
        }
    }

    @Test
    void asked_again_it_changes_and_notes_nothing() {
        assertThat(pauses.pause("desk", ANNA)).isTrue();
        assertThat(pauses.pause("desk", BERT)).isFalse();
        assertThat(pauses.resume("desk", BERT)).isTrue();
        assertThat(pauses.resume("desk", ANNA)).isFalse();

        assertThat(new Trail(file.sql(), shelf.subscription).page(10, null).decisions())
                .extracting(decision ->
                        decision.what().text() + " " + decision.source() + " " + decision.by() + ": " + decision.why())
                .containsExactly("resume desk bert: it is empty again", "pause desk anna: the shelf is full");
    }

    @Test
    void a_source_it_never_heard_of_is_refused() {
        assertThatThrownBy(() -> pauses.pause("dsk", ANNA))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.problem()).isEqualTo(Problem.NOT_FOUND))
                .hasMessageContaining("has no cursors for dsk");
    }

    @Test
    void who_and_why_must_be_said() {
        assertThatThrownBy(() -> new Signed(" ", "why")).hasMessageContaining("by must have 1 to 200 characters");
        assertThatThrownBy(() -> new Signed("anna", "x".repeat(1_001)))
                .hasMessageContaining("why must have 1 to 1000 characters");
    }

    @Test
    void cursors_still_move_within_their_page_without_a_new_index_entry() {
        var hot = file.transactions().<Long>call(Cause.none(), tx -> {
            long before = hotUpdates(tx);
            CursorTable.advance(tx, shelf.subscription, new CursorPlaces(), List.of(shelf.batch(0, "a1")));
            CursorTable.advance(tx, shelf.subscription, new CursorPlaces(), List.of(shelf.batch(1, "a2")));
            return hotUpdates(tx) - before;
        });
        assertThat(hot).isEqualTo(2);
    }

    private static long hotUpdates(Sql sql) {
        return sql.find(
                        "select pg_stat_get_xact_tuples_hot_updated('subscription_cursor'::regclass) as count",
                        row -> row.getLong("count"))
                .orElseThrow();
    }

    /** The first message of another source. */
    private Batch fromTill(String note) {
        var message = Shelf.message(note);
        var envelope = new Envelope(
                message.id(),
                "till",
                message.type(),
                message.key(),
                message.time(),
                null,
                message.correlationId(),
                null,
                null,
                message.data());
        return new Batch(shelf.subscription, "till", 0, 0, 1, List.of(new Batch.Positioned(1, envelope)));
    }

    private void holdHandlers(CountDownLatch hasBegun, CountDownLatch mayGoOn) {
        shelf.meeting((note, tx) -> {
            hasBegun.countDown();
            await(mayGoOn);
            return Outcome.done();
        });
    }

    /** Until some session waits for a lock that another holds. */
    private static void awaitWaiting() {
        while (file.sql()
                .list("select 1 as one from pg_locks where not granted", row -> 1)
                .isEmpty()) { // bounded by the timeout of the test
            vertx.timer(10, TimeUnit.MILLISECONDS).await();
        }
    }

    private void awaitKept(long count) {
        while (shelf.kept().size() < count) {
            vertx.timer(5, TimeUnit.MILLISECONDS).await();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
