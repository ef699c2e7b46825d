package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.Source;
import postbus.messaging.subscription.DeadLetters.Decided;
import postbus.messaging.subscription.DeadLetters.Decision;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.messaging.subscription.DeadLetters.Summary;
import postbus.messaging.subscription.DeadLetters.Verdict;
import postbus.messaging.subscription.DeadLetters.Which;
import postbus.postgres.ScratchDatabase;

@Timeout(60)
class DeadLettersTest {
    private static final Decision RETRY = new Decision(Verdict.RETRY, "ann", "the shelf is mended");
    private static final Decision DISCARD = new Decision(Verdict.DISCARD, "ann", "it was a test");

    private static Vertx vertx;
    private static Source file;
    private Shelf shelf;
    private Shelf.Instance instance;
    private DeadLetters deadLetters;

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
        deadLetters = new DeadLetters(file.transactions(), shelf.subscription);
    }

    /** Notes with numbers from 1 to 5 are rejected. */
    private void deliver(String... notes) {
        shelf.meeting((note, tx) -> note.n() <= 5 ? Outcome.never("no shelf for " + note.n()) : Outcome.done());
        instance.apply(shelf.batch(shelf.cursor(), notes));
    }

    private void mend() {
        shelf.meeting((note, tx) -> Outcome.done());
    }

    private List<Summary> all() {
        return deadLetters.list(Filter.ALL, 100, null).deadLetters();
    }

    @Test
    void a_dead_letter_is_shown_with_what_it_failed_with_and_how_many_wait_behind_it() {
        deliver("a1", "b7", "a8", "a9");
        assertThat(all()).singleElement().satisfies(dead -> {
            assertThat(dead.position()).isEqualTo(1);
            assertThat(dead.source()).isEqualTo("desk");
            assertThat(dead.type()).isEqualTo("desk.noted.v1");
            assertThat(dead.key()).isEqualTo("a");
            assertThat(dead.reason()).isEqualTo("rejected");
            assertThat(dead.error()).isEqualTo("no shelf for 1");
            assertThat(dead.holdsKey()).isTrue();
            assertThat(dead.waiting()).isEqualTo(2);
        });
        var detail = deadLetters.get(all().get(0).messageId());
        assertThat(detail.summary()).isEqualTo(all().get(0));
        assertThat(detail.body()).isEqualTo("{\"key\":\"a\",\"n\":1}");
    }

    @Test
    void pages_follow_each_other_without_gap_or_repetition() {
        deliver("a1", "b2", "c3", "d4", "e5");
        var keys = new ArrayList<String>();
        String after = null;
        int pages = 0;
        do {
            var page = deadLetters.list(Filter.ALL, 2, after);
            page.deadLetters().forEach(dead -> keys.add(dead.key()));
            after = page.next();
            pages++;
        } while (after != null);
        assertThat(keys).containsExactly("a", "b", "c", "d", "e");
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void each_part_of_a_filter_leaves_out_what_does_not_match() {
        deliver("a1", "b2");
        var now = Instant.now();
        for (var filter : List.of(
                new Filter("desk", null, null, null, null),
                new Filter(null, "desk.noted.v1", null, null, null),
                new Filter(null, null, null, "rejected", null),
                new Filter(null, null, null, null, now.minusSeconds(60)))) {
            assertThat(deadLetters.list(filter, 10, null).deadLetters())
                    .as("%s", filter)
                    .hasSize(2);
        }
        assertThat(deadLetters
                        .list(new Filter(null, null, "b", null, null), 10, null)
                        .deadLetters())
                .extracting(Summary::key)
                .containsExactly("b");
        for (var filter : List.of(
                new Filter("file", null, null, null, null),
                new Filter(null, "desk.noted.v2", null, null, null),
                new Filter(null, null, "c", null, null),
                new Filter(null, null, null, "failed", null),
                new Filter(null, null, null, null, now.plusSeconds(60)))) {
            assertThat(deadLetters.list(filter, 10, null).deadLetters())
                    .as("%s", filter)
                    .isEmpty();
        }
    }

    @Test
    void a_retried_one_is_applied_and_what_waited_follows_in_order() {
        deliver("a1", "a8", "b2", "a9");
        mend();
        deadLetters.decide(id("a"), RETRY);
        instance.retryDue();
        assertThat(shelf.kept()).containsExactly("a1", "a8", "a9");
        assertThat(all()).extracting(Summary::key).containsExactly("b");
        assertThat(decisions()).containsExactly("retry ann: the shelf is mended, a dead rejected");
    }

    @Test
    void a_retried_one_has_its_attempts_anew() {
        shelf.failingAt(1);
        instance.apply(shelf.batch(0, "a1"));
        dieOf3Attempts();
        deadLetters.decide(id("a"), RETRY);
        assertThat(shelf.parked().get(0).attempts()).isZero();
        instance.retryDue();
        assertThat(shelf.parkedBriefly()).containsExactly("1 parked failed");
        assertThat(shelf.parked().get(0).attempts()).isEqualTo(1);
        dieOf3Attempts();
        assertThat(shelf.parked().get(0).attempts()).isEqualTo(3);
    }

    private void dieOf3Attempts() {
        for (int attempt = 2; attempt <= 3; attempt++) {
            shelf.clock.turn(Duration.ofSeconds(40));
            instance.retryDue();
        }
        assertThat(shelf.parkedBriefly()).containsExactly("1 dead failed");
    }

    @Test
    void a_discarded_one_is_kept_with_the_decision_and_its_key_goes_on_without_it() {
        deliver("a1", "a8", "a9");
        var id = id("a");
        deadLetters.decide(id, DISCARD);
        instance.retryDue();
        assertThat(shelf.kept()).containsExactly("a8", "a9");
        assertThat(shelf.parked()).isEmpty();
        assertThat(decisions()).containsExactly("discard ann: it was a test, a dead rejected");
        assertThat(file.sql()
                        .list(
                                "select convert_from(data, 'UTF8') as body from dead_letter_decision where message_id = $1",
                                row -> row.getString("body"),
                                id))
                .containsExactly("{\"key\":\"a\",\"n\":1}");
    }

    @Test
    void one_that_holds_no_key_can_be_retried_and_discarded_too() {
        instance = shelf.skippingDeadLetters().instance();
        deliver("a1", "a8", "b2");
        assertThat(all()).extracting(Summary::holdsKey).containsExactly(false, false);
        mend();
        deadLetters.decide(id("a"), RETRY);
        deadLetters.decide(id("b"), DISCARD);
        instance.retryDue();
        assertThat(shelf.kept()).containsExactly("a8", "a1");
        assertThat(shelf.parked()).isEmpty();
    }

    @Test
    void deciding_about_one_that_is_none_any_more_is_a_refusal_and_changes_nothing() {
        deliver("a1", "b2");
        mend();
        var retried = id("a");
        var discarded = id("b");
        deadLetters.decide(discarded, DISCARD);
        deadLetters.decide(retried, RETRY);
        assertRefused(discarded, Problem.CONFLICT, "ann discarded it");
        assertRefused(retried, Problem.CONFLICT, "tried again by itself");
        instance.retryDue();
        assertRefused(retried, Problem.CONFLICT, "ann had it retried");
        assertRefused(UUID.randomUUID(), Problem.NOT_FOUND, "no dead letter");
        assertThatThrownBy(() -> deadLetters.get(retried)).hasMessageContaining("ann had it retried");
        assertThat(decisions()).hasSize(2);
        assertThat(shelf.kept()).containsExactly("a1");
    }

    private void assertRefused(UUID id, Problem problem, String detail) {
        for (var decision : List.of(RETRY, DISCARD)) {
            assertThatThrownBy(() -> deadLetters.decide(id, decision))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining(detail)
                    .extracting(refusal -> ((Refusal) refusal).problem())
                    .isEqualTo(problem);
        }
    }

    @Test
    void what_is_parked_can_be_looked_at_but_not_decided_about() {
        shelf.failingAt(1);
        instance.apply(shelf.batch(0, "a1", "a2"));
        deliver("b3");
        assertThat(all()).extracting(Summary::key).containsExactly("b");
        assertThat(deadLetters.list(Filter.ALL, Which.PARKED, 10, null).deadLetters())
                .extracting(Summary::key, Summary::state, Summary::reason)
                .containsExactly(tuple("a", "parked", "failed"), tuple("a", "parked", "waiting"));
        var first =
                deadLetters.list(Filter.ALL, Which.ANY, 10, null).deadLetters().get(0);
        assertThat(first.nextAttemptAt()).isAfter(first.parkedAt());
        assertThat(first.diedAt()).isNull();
        assertThat(deadLetters.get(first.messageId()).stack()).contains("IllegalStateException");
        assertRefused(first.messageId(), Problem.CONFLICT, "tried again by itself");
        assertThat(deadLetters.decide(Filter.ALL, DISCARD, 10).count()).isOne();
    }

    @Test
    void what_is_alike_is_a_group_the_largest_first() {
        deliver("a1", "b2", "c3", "c7");
        assertThat(deadLetters.groups(Which.DEAD).groups()).singleElement().satisfies(group -> {
            assertThat(group.count()).isEqualTo(3);
            assertThat(group.reason()).isEqualTo("rejected");
            assertThat(group.type()).isEqualTo("desk.noted.v1");
            assertThat(group.error()).isEqualTo("no shelf for 3");
            assertThat(group.oldest()).isBeforeOrEqualTo(group.newest());
        });
        assertThat(deadLetters.groups(Which.ANY).groups())
                .extracting(DeadLetters.Group::state, DeadLetters.Group::reason, DeadLetters.Group::count)
                .containsExactly(tuple("dead", "rejected", 3), tuple("parked", "waiting", 1));
    }

    @Test
    void of_two_who_decide_at_once_one_is_refused() throws Exception {
        for (int round = 0; round < 10; round++) {
            deliver("a1");
            var id = id("a");
            var outcomes = new ArrayList<Future<Boolean>>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var decision : List.of(RETRY, DISCARD)) {
                    outcomes.add(threads.submit(() -> {
                        try {
                            deadLetters.decide(id, decision);
                            return true;
                        } catch (Refusal refusal) {
                            return false;
                        }
                    }));
                }
            }
            assertThat(List.of(outcomes.get(0).get(), outcomes.get(1).get())).containsExactlyInAnyOrder(true, false);
            assertThat(decisions()).hasSize(round + 1);
            file.sql().execute("delete from parked_message where subscription = $1", shelf.subscription);
        }
    }

    @Test
    void a_filter_decides_about_all_it_matches_in_batches_and_about_no_other() {
        var notes = new ArrayList<String>();
        for (int n = 0; n < 120; n++) { // more than a batch
            notes.add("x" + n + "-1");
        }
        notes.add("a2");
        deliver(notes.toArray(String[]::new));
        mend();
        deadLetters.decide(id("a"), RETRY);
        var filter = new Filter("desk", null, null, "rejected", null);
        assertThat(deadLetters.decide(filter, DISCARD, 110)).isEqualTo(new Decided(110, true));
        assertThat(deadLetters.decide(filter, DISCARD, 10)).isEqualTo(new Decided(10, false));
        assertThat(deadLetters.decide(filter, DISCARD, 100)).isEqualTo(new Decided(0, false));
        assertThat(shelf.parkedBriefly()).as("it was no dead letter any more").containsExactly("121 parked rejected");
        assertThat(decisions()).hasSize(121);
    }

    @Test
    void what_dies_again_meanwhile_is_not_decided_about_twice() throws Exception {
        var notes = new ArrayList<String>();
        for (int n = 0; n < 105; n++) {
            notes.add("x" + n + "-1");
        }
        deliver(notes.toArray(String[]::new)); // and the handler goes on to say never
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var deciding = threads.submit(() -> deadLetters.decide(Filter.ALL, RETRY, DeadLetters.DECIDED_MAX));
            while (!deciding.isDone()) {
                instance.retryDue();
            }
            assertThat(deciding.get()).isEqualTo(new Decided(105, false));
        }
        instance.retryDue();
        assertThat(all()).hasSize(100);
        assertThat(shelf.parked())
                .hasSize(105)
                .allMatch(parked -> parked.state().equals("dead"));
        assertThat(decisions()).hasSize(105);
    }

    @Test
    void a_decision_needs_who_and_why_and_a_filter_a_reason_that_there_is() {
        assertThatThrownBy(() -> new Decision(Verdict.RETRY, " ", "why")).hasMessageContaining("by must have");
        assertThatThrownBy(() -> new Decision(Verdict.RETRY, "ann", "")).hasMessageContaining("why must have");
        var wrong = new Filter(null, null, null, "broken", null);
        assertThatThrownBy(() -> deadLetters.list(wrong, 10, null)).hasMessageContaining("'broken'");
        assertThatThrownBy(() -> deadLetters.decide(wrong, RETRY, 10)).hasMessageContaining("'broken'");
        assertThatThrownBy(() -> deadLetters.list(Filter.ALL, 10, "first")).hasMessageContaining("'first'");
    }

    private UUID id(String key) {
        return deadLetters
                .list(new Filter(null, null, key, null, null), 1, null)
                .deadLetters()
                .get(0)
                .messageId();
    }

    private List<String> decisions() {
        return file.sql()
                .list(
                        """
                        select decision, decided_by, why, key, state, reason
                          from dead_letter_decision
                         where subscription = $1
                         order by id
                        """,
                        row -> row.getString("decision") + " " + row.getString("decided_by") + ": "
                                + row.getString("why") + ", " + row.getString("key") + " " + row.getString("state")
                                + " " + row.getString("reason"),
                        shelf.subscription);
    }
}
