package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.transaction.Transactions;
import postbus.ordering.EventStore.Kind;
import postbus.ordering.EventStore.Recorded;
import postbus.ordering.EventStore.Stream;
import postbus.testkit.TestNode;

/** The generic part, with an aggregate that has nothing to do with orders. */
class EventStoreTest {
    private static final Instant AT = Instant.parse("2026-05-04T10:00:00.123456Z");

    private static TestNode node;
    private static Transactions transactions;

    private final UUID id = UUID.randomUUID();
    private final EventStore<Tally, Added> store = store(1, 3);

    record Added(int amount) {}

    record Tally(int count, int sum) {
        static Tally after(Tally tally, Added event) {
            return tally == null
                    ? new Tally(1, event.amount())
                    : new Tally(tally.count() + 1, tally.sum() + event.amount());
        }
    }

    @BeforeAll
    static void start() {
        node = TestNode.start(OrderingMain.SERVICE);
        transactions = node.as("ordering");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void a_stream_nobody_wrote_to_is_empty() {
        assertThat(load(store)).isEqualTo(Stream.empty(id));
    }

    @Test
    void a_stream_is_the_fold_of_its_events() {
        append(store, 1, 2);
        append(store, 3);

        assertThat(load(store)).isEqualTo(new Stream<>(id, 3, new Tally(3, 6), 0));
    }

    @Test
    void appending_returns_the_stream_as_it_is_read_afterwards() {
        assertThat(append(store, 1, 2)).isEqualTo(load(store));
        assertThat(append(store, 3, 4, 5)).isEqualTo(load(store));
    }

    @Test
    void the_history_has_every_event_with_its_version_and_time() {
        append(store, 7, 8);

        assertThat(store.history(node.sql("ordering"), id))
                .containsExactly(new Recorded<>(1, new Added(7), AT), new Recorded<>(2, new Added(8), AT));
    }

    @Test
    void of_two_who_decided_on_the_same_version_the_second_fails() {
        append(store, 1);
        var first = load(store);
        var second = load(store);
        append(store, first, 2);

        assertThatThrownBy(() -> append(store, second, 3)).isInstanceOf(ConcurrentChange.class);
        assertThat(load(store).state()).isEqualTo(new Tally(2, 3));
    }

    @Test
    void of_two_who_open_the_same_stream_the_second_fails() {
        append(store, Stream.empty(id), 1);

        assertThatThrownBy(() -> append(store, Stream.empty(id), 2)).isInstanceOf(ConcurrentChange.class);
    }

    @Test
    void a_rolled_back_append_leaves_nothing() {
        assertThatThrownBy(() -> transactions.run(Cause.none(), tx -> {
                    store.append(tx, Stream.empty(id), List.of(new Added(1)), AT);
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");

        assertThat(load(store)).isEqualTo(Stream.empty(id));
    }

    @Test
    void many_writers_of_one_stream_lose_nothing() throws Exception {
        int writers = 6;
        int appends = 15;
        Callable<Integer> writer = () -> {
            int conflicts = 0;
            for (int done = 0; done < appends; ) {
                try {
                    append(store, 1);
                    done++;
                } catch (ConcurrentChange lost) {
                    conflicts++;
                }
            }
            return conflicts;
        };

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int conflicts = 0;
            for (var done : threads.invokeAll(
                    IntStream.range(0, writers).mapToObj(i -> writer).toList())) {
                conflicts += done.get();
            }
            assertThat(conflicts)
                    .as("conflicts, without which nothing is shown")
                    .isPositive();
        }
        assertThat(load(store).state()).isEqualTo(new Tally(writers * appends, writers * appends));
        assertThat(store.history(node.sql("ordering"), id))
                .extracting(Recorded::version)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, writers * appends).boxed().toList());
    }

    @Test
    void a_stream_gets_a_snapshot_when_it_has_more_events_than_the_limit_since_the_last() {
        append(store, 1, 2, 3);
        assertThat(load(store).foldedVersion()).isZero();

        append(store, 4);
        assertThat(load(store).foldedVersion()).isEqualTo(4);

        append(store, 5, 6, 7);
        assertThat(load(store).foldedVersion()).isEqualTo(4);

        append(store, 8);
        assertThat(load(store).foldedVersion()).isEqualTo(8);
    }

    @Test
    void a_stream_with_a_snapshot_reads_like_one_without() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("EventStoreTest -Dseed=" + seed);
        var random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            append(store, random.ints(1 + random.nextInt(3), 0, 100).toArray());

            var folded = store.history(node.sql("ordering"), id).stream()
                    .map(Recorded::event)
                    .reduce(null, Tally::after, (a, b) -> b);
            assertThat(load(store).state()).isEqualTo(folded);
            assertThat(load(store(2, 3)).state()).isEqualTo(folded);
        }
    }

    @Test
    void only_events_after_the_snapshot_are_folded() {
        append(store, 1, 2, 3, 4);
        node.sql("ordering")
                .update("update order_snapshot set state = '{\"count\": 100, \"sum\": 1000}' where stream = $1", id);
        append(store, 5);

        assertThat(load(store).state()).isEqualTo(new Tally(101, 1005));
    }

    @Test
    void a_snapshot_of_another_shape_is_not_read() {
        append(store, 1, 2, 3, 4);
        node.sql("ordering").update("update order_snapshot set state = '{\"other\": true}' where stream = $1", id);

        assertThat(load(store(2, 3))).isEqualTo(new Stream<>(id, 4, new Tally(4, 10), 0));
    }

    @Test
    void a_snapshot_of_an_older_shape_does_not_replace_a_newer_one() {
        append(store(2, 3), 1, 2, 3, 4);
        append(store(1, 3), 5);

        assertThat(load(store(2, 3)).foldedVersion()).isEqualTo(4);
        assertThat(load(store(1, 3))).isEqualTo(new Stream<>(id, 5, new Tally(5, 15), 0));
    }

    @Test
    void a_stored_type_that_is_unknown_is_an_error_and_not_passed_over() {
        append(store, 1);
        node.sql("ordering").update("update order_event set type = 'from-the-future' where stream = $1", id);

        assertThatThrownBy(() -> load(store)).hasMessageContaining("from-the-future");
    }

    @Test
    void a_stream_is_read_by_its_key() {
        node.sql("ordering").execute("""
                insert into order_event (stream, version, type, data, at)
                select gen_random_uuid(), v, 'added', '{"amount": 1}', now() from generate_series(1, 5000) n, generate_series(1, 4) v
                """);
        node.sql("ordering").execute("analyze order_event");

        var plan = String.join(
                "\n", node.sql("ordering").list("explain " + EventTable.LOAD, row -> row.getString(0), id, 1));

        assertThat(plan).contains("order_event_pkey").doesNotContain("Seq Scan on order_event");
    }

    private static EventStore<Tally, Added> store(int schema, int snapshotAfter) {
        return new EventStore<>(
                new Kind<>(Tally.class, schema, Map.of("added", Added.class), Tally::after), snapshotAfter);
    }

    private Stream<Tally> load(EventStore<Tally, Added> from) {
        return from.load(node.sql("ordering"), id);
    }

    private Stream<Tally> append(EventStore<Tally, Added> to, int... amounts) {
        return transactions.call(Cause.none(), tx -> to.append(tx, to.load(tx, id), events(amounts), AT));
    }

    private static Stream<Tally> append(EventStore<Tally, Added> to, Stream<Tally> stream, int... amounts) {
        return transactions.call(Cause.none(), tx -> to.append(tx, stream, events(amounts), AT));
    }

    private static List<Added> events(int... amounts) {
        return IntStream.of(amounts).mapToObj(Added::new).toList();
    }
}
