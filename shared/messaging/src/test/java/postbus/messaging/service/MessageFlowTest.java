package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Count;
import postbus.messaging.Notes.CountNotes;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Notes.Scribbled;
import postbus.messaging.Notes.TakeNote;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.Source;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.subscription.DeadLetters;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.subscription.Parking;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** Two services, two relays, one Vert.x: from a committed transaction to an applied message. */
@Timeout(60)
class MessageFlowTest {
    /** As by default, but looking for what is due more often than a test wants to wait. */
    private static final Parking PARKING = new Parking(
            10_000,
            2,
            new Backoff(Duration.ofMillis(50), Duration.ofMillis(100)),
            Duration.ofDays(1),
            2,
            Duration.ofMillis(200));

    /** Keys whose first note is put off. */
    private static final Set<String> JAMMED = ConcurrentHashMap.newKeySet();

    /** Keys whose first note fails. */
    private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

    private static Vertx vertx;
    private static Source desk;
    private static Source file;
    private static ServiceClient client;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        var database = ScratchDatabase.create();
        desk = new Source(vertx, database, "desk");
        file = new Source(vertx, database, "file");
        desk.ddl("create table note (key text, n int)");
        file.ddl("create table kept (nth bigint generated always as identity, kind text, key text, n int)");
        client = new ServiceClient(vertx, Duration.ofSeconds(5));
        for (var source : List.of(desk, file)) {
            vertx.deployVerticle(new Relay(source.name(), source.options(), source.pool(), RelayOptions.DEFAULT))
                    .await();
        }
        vertx.deployVerticle(new Desk(context(desk))).await();
        vertx.deployVerticle(new File(context(file))).await();
        vertx.deployVerticle(new File(context(file))).await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    private static ServiceContext context(Source source) {
        return new ServiceContext(
                source.name(),
                source.pool(),
                Clock.systemUTC(),
                Source.MESSAGE_BYTES_MAX,
                Duration.ofMillis(300),
                PARKING,
                ServiceContext.REPLY_RETENTION);
    }

    private static final class Desk extends ServiceVerticle {
        Desk(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(TakeNote.class, (command, tx) -> {
                tx.execute("insert into note values ($1, $2)", command.key(), command.n());
                if (command.n() < 0) {
                    throw new Refusal(Problem.INVALID, "negative: " + command.n(), "/n");
                }
                tx.publish(new Noted(command.key(), command.n()));
                return count(tx.execute("select count(*)::int as count from note where key = $1", command.key()));
            });
            on.query(
                    CountNotes.class,
                    (query, sql) ->
                            count(sql.execute("select count(*)::int as count from note where key = $1", query.key())));
        }

        private static Count count(io.vertx.sqlclient.RowSet<io.vertx.sqlclient.Row> rows) {
            return new Count(rows.iterator().next().getInteger("count"));
        }
    }

    private static final class File extends ServiceVerticle {
        File(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.eventWithOutcome(Noted.class, (event, tx) -> {
                if (event.n() == 1 && JAMMED.contains(event.key())) {
                    return Outcome.later(Duration.ofSeconds(1), "jammed");
                }
                if (event.n() == 1 && BROKEN.contains(event.key())) {
                    throw new IllegalStateException("broken");
                }
                keep(tx, "noted", event.key(), event.n());
                return Outcome.done();
            });
            on.command(Keep.class, (command, tx) -> keep(tx, "keep", command.key(), command.n()));
        }

        private static void keep(postbus.messaging.transaction.Transaction tx, String kind, String key, int n) {
            tx.execute("insert into kept (kind, key, n) values ($1, $2, $3)", kind, key, n);
        }
    }

    @Test
    void every_event_of_many_concurrent_publishers_is_applied_once_and_in_order_of_its_key() throws Exception {
        var prefix = "flow-" + UUID.randomUUID();
        int publishers = 8;
        int each = 100;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (int p = 0; p < publishers; p++) {
                var key = prefix + p;
                running.add(threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        int number = n;
                        desk.transactions().run(Cause.none(), tx -> {
                            tx.publish(new Scribbled(key, "")); // nobody wants these
                            tx.publish(new Noted(key, number));
                        });
                    }
                }));
            }
            for (var publisher : running) {
                publisher.get();
            }
        }
        await(() -> kept("noted", prefix).size() >= publishers * each);
        var next = new HashMap<String, Integer>();
        for (var note : kept("noted", prefix)) {
            assertThat(note.n()).isEqualTo(next.getOrDefault(note.key(), 0));
            next.put(note.key(), note.n() + 1);
        }
        assertThat(next)
                .hasSize(publishers)
                .allSatisfy((key, count) -> assertThat(count).isEqualTo(each));
    }

    @Test
    void a_rolled_back_event_is_never_published() {
        var key = "rollback-" + UUID.randomUUID();
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
                    tx.publish(new Noted(key, 1));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted(key, 2)));
        await(() -> !kept("noted", key).isEmpty());
        assertThat(kept("noted", key)).extracting(Note::n).containsExactly(2);
    }

    @Test
    void a_message_over_the_limit_is_refused_with_its_size_and_nothing_commits() {
        var key = "large-" + UUID.randomUUID();
        var body = "x".repeat(Source.MESSAGE_BYTES_MAX);
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
                    tx.execute("insert into note values ($1, 1)", key);
                    tx.publish(new Scribbled(key, body));
                }))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("limit " + Source.MESSAGE_BYTES_MAX);
        assertThat(client.ask(new CountNotes(key), Count.class, RequestHeaders.fresh())
                        .await())
                .isEqualTo(new Count(0));
    }

    @Test
    void a_service_cannot_publish_in_the_name_of_another() {
        assertThatThrownBy(() -> file.transactions().run(Cause.none(), tx -> tx.publish(new Noted("k", 1))))
                .hasMessageContaining("not its source");
    }

    @Test
    void a_command_reaches_its_one_service_with_the_correlation_of_its_cause() {
        var key = "command-" + UUID.randomUUID();
        var correlation = UUID.randomUUID();
        desk.transactions().run(new Cause(correlation, null, null), tx -> tx.send(new Keep(key, 5)));
        await(() -> !kept("keep", key).isEmpty());
        assertThat(desk.sql()
                        .list(
                                "select correlation_id from outbox where key = $1",
                                row -> row.getUUID("correlation_id"),
                                key))
                .containsExactly(correlation);
    }

    @Test
    void a_message_that_is_put_off_comes_again_by_itself_and_what_follows_of_its_key_comes_after_it() {
        var key = "jam-" + UUID.randomUUID();
        var other = "free-" + UUID.randomUUID();
        JAMMED.add(key);
        note(key, 1);
        await(() -> parked(key).equals(List.of("parked postponed")));
        note(key, 2);
        note(other, 1);
        await(() -> !kept("noted", other).isEmpty());
        JAMMED.remove(key);
        await(() -> kept("noted", key).size() == 2);
        assertThat(kept("noted", key)).extracting(Note::n).containsExactly(1, 2);
        assertThat(parked(key)).isEmpty();
    }

    @Test
    void a_dead_letter_is_seen_and_retried_over_the_bus() {
        var key = "dead-" + UUID.randomUUID();
        BROKEN.add(key);
        note(key, 1);
        note(key, 2);
        await(() -> parked(key).equals(List.of("dead failed", "parked waiting")));
        var find = new DeadLetterRequest.Find(
                new DeadLetters.Filter(null, null, key, null, null), DeadLetters.Which.DEAD, 10, null);
        var dead = client.ask("file", find, DeadLetters.Page.class, RequestHeaders.fresh())
                .await()
                .deadLetters();
        assertThat(dead).singleElement().satisfies(letter -> {
            assertThat(letter.error()).contains("broken");
            assertThat(letter.waiting()).isEqualTo(1);
        });
        var id = dead.get(0).messageId();
        var get = new DeadLetterRequest.Get(id);
        assertThat(client.ask("file", get, DeadLetters.Detail.class, RequestHeaders.fresh())
                        .await()
                        .body())
                .contains(key);
        BROKEN.remove(key);
        var retry =
                new DeadLetterRequest.Decide(id, new DeadLetters.Decision(DeadLetters.Verdict.RETRY, "ann", "mended"));
        client.ask("file", retry, DeadLetters.Decided.class, RequestHeaders.fresh())
                .await();
        await(() -> kept("noted", key).size() == 2);
        assertThat(kept("noted", key)).extracting(Note::n).containsExactly(1, 2);
        assertThat(refusal(() -> client.ask("file", retry, DeadLetters.Decided.class, RequestHeaders.fresh())))
                .isEqualTo(Problem.CONFLICT);
    }

    @Test
    void dead_letters_are_discarded_by_filter_over_the_bus() {
        var key = "junk-" + UUID.randomUUID();
        BROKEN.add(key);
        note(key, 1);
        note(key, 2);
        await(() -> parked(key).equals(List.of("dead failed", "parked waiting")));
        var discard = new DeadLetterRequest.DecideAll(
                new DeadLetters.Filter("desk", null, key, "failed", null),
                new DeadLetters.Decision(DeadLetters.Verdict.DISCARD, "ann", "a test"),
                100);
        assertThat(client.ask("file", discard, DeadLetters.Decided.class, RequestHeaders.fresh())
                        .await())
                .isEqualTo(new DeadLetters.Decided(1, false));
        await(() -> kept("noted", key).size() == 1);
        assertThat(kept("noted", key)).extracting(Note::n).containsExactly(2);
    }

    private static void note(String key, int n) {
        desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted(key, n)));
    }

    private static List<String> parked(String key) {
        return file.sql()
                .list(
                        "select state || ' ' || reason as parked from parked_message where key = $1 order by position",
                        row -> row.getString("parked"),
                        key);
    }

    @Test
    void a_scheduled_command_comes_when_it_is_due_and_a_cancelled_one_never() {
        var key = "later-" + UUID.randomUUID();
        var due = Instant.now().plusMillis(400);
        desk.transactions().run(Cause.none(), tx -> tx.sendAt(due, new Keep(key, 1)));
        var cancelled = desk.transactions().call(Cause.none(), tx -> tx.sendAt(due.minusMillis(100), new Keep(key, 2)));
        assertThat(desk.transactions().<Boolean>call(Cause.none(), tx -> tx.cancel(cancelled)))
                .isTrue();
        await(() -> !kept("keep", key).isEmpty());
        assertThat(Instant.now()).isAfter(due);
        assertThat(kept("keep", key)).extracting(Note::n).containsExactly(1);
        assertThat(desk.transactions().<Boolean>call(Cause.none(), tx -> tx.cancel(cancelled)))
                .isFalse();
    }

    @Test
    void the_same_request_under_the_same_key_is_done_once_and_answered_alike() throws Exception {
        var key = "once-" + UUID.randomUUID();
        var headers = RequestHeaders.fresh().withIdempotencyKey(key);
        var answers = new ArrayList<io.vertx.core.Future<Count>>();
        for (int i = 0; i < 10; i++) {
            answers.add(client.ask(new TakeNote(key, 1), Count.class, headers));
        }
        for (var answer : answers) {
            assertThat(answer.await()).isEqualTo(new Count(1));
        }
    }

    @Test
    void a_key_used_for_another_request_is_refused() {
        var key = "reused-" + UUID.randomUUID();
        var headers = RequestHeaders.fresh().withIdempotencyKey(key);
        client.ask(new TakeNote(key, 1), Count.class, headers).await();
        assertThat(refusal(() -> client.ask(new TakeNote(key, 2), Count.class, headers)))
                .isEqualTo(Problem.IDEMPOTENCY_KEY_REUSED);
        assertThat(client.ask(new TakeNote(key, 1), Count.class, headers).await())
                .as("the first answer is still kept")
                .isEqualTo(new Count(1));
    }

    @Test
    void a_refusal_changes_nothing_and_is_kept_like_any_answer() {
        var key = "refused-" + UUID.randomUUID();
        var headers = RequestHeaders.fresh().withIdempotencyKey(key);
        assertThat(refusal(() -> client.ask(new TakeNote(key, -1), Count.class, headers)))
                .isEqualTo(Problem.INVALID);
        assertThat(refusal(() -> client.ask(new TakeNote(key, -1), Count.class, headers)))
                .isEqualTo(Problem.INVALID);
        assertThat(refusal(() -> client.ask(new TakeNote(key, 1), Count.class, headers)))
                .isEqualTo(Problem.IDEMPOTENCY_KEY_REUSED);
        assertThat(client.ask(new CountNotes(key), Count.class, RequestHeaders.fresh())
                        .await())
                .isEqualTo(new Count(0));
    }

    @Test
    void nobody_there_is_unavailable() {
        assertThat(refusal(() -> client.ask(new Keep("k", 1), Count.class, RequestHeaders.fresh())))
                .isEqualTo(Problem.UNAVAILABLE);
    }

    private static Problem refusal(Supplier<io.vertx.core.Future<?>> request) {
        try {
            request.get().await();
        } catch (Refusal refusal) {
            return refusal.problem();
        }
        throw new AssertionError("not refused");
    }

    private record Note(String key, int n) {}

    /** In the order of their application. */
    private static List<Note> kept(String kind, String keyPrefix) {
        return file.sql()
                .list(
                        "select key, n from kept where kind = $1 and starts_with(key, $2) order by nth",
                        row -> new Note(row.getString("key"), row.getInteger("n")),
                        kind,
                        keyPrefix);
    }

    private static void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(10, TimeUnit.MILLISECONDS).await();
        }
    }
}
