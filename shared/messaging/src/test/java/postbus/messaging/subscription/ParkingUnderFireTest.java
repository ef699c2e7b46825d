package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.wire.Batch;
import postbus.postgres.ScratchDatabase;

/**
 * Chance decides which messages fail, how and how often, how they come in batches, which of two instances gets which,
 * and which batch comes twice. Set the system property {@code seed} to run a printed seed again.
 */
@Timeout(120)
class ParkingUnderFireTest {
    private static final int LANES = 4;
    private static final int KEYS_A_LANE = 3;
    private static final int NOTES_A_LANE = 40;
    private static final int BATCH_MAX = 12;

    /** What a note's handler does at its first attempts, before it succeeds. */
    private enum Trouble {
        THROW,
        LATER,
        CONFLICT,
        DIVIDE
    }

    @Test
    void every_message_takes_effect_once_and_in_order_of_its_key_whatever_fails() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ParkingUnderFireTest -Dseed=" + seed);
        var random = new Random(seed);
        var vertx = Vertx.vertx();
        var file = new Source(vertx, ScratchDatabase.create(), "file");
        Shelf.create(file);
        var troubles = troubles(random);
        var shelf = new Shelf(vertx, file)
                .parking(new Parking(
                        1_000,
                        100,
                        new Backoff(Duration.ofMillis(5), Duration.ofMillis(40)),
                        Duration.ofHours(1),
                        3,
                        Duration.ofMillis(200)))
                .meeting((note, tx) -> meet(troubles.getOrDefault(text(note), new ArrayList<>()), tx));
        var instances = List.of(shelf.instance(), shelf.instance());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var loops = instances.stream().map(each -> each.loop(threads)).toList();
            loops.forEach(RetryLoop::start);
            var relays = new ArrayList<Future<?>>();
            for (int lane = 0; lane < LANES; lane++) {
                int number = lane;
                var chance = new Random(random.nextLong());
                relays.add(threads.submit(() -> deliver(shelf, instances, number, chance)));
            }
            for (var relay : relays) {
                relay.get();
            }
            while (!shelf.parked().isEmpty()) { // bounded by the timeout of the test
                vertx.timer(20, TimeUnit.MILLISECONDS).await();
            }
            for (var loop : loops) {
                loop.stop().await();
            }
        }
        assertThat(troubles.values()).as("all that was to fail has failed").allMatch(List::isEmpty);
        for (int lane = 0; lane < LANES; lane++) {
            for (int k = 0; k < KEYS_A_LANE; k++) {
                var expected = new ArrayList<Integer>();
                for (int n = k; n < NOTES_A_LANE; n += KEYS_A_LANE) {
                    expected.add(n);
                }
                assertThat(shelf.kept(key(lane, k))).isEqualTo(expected);
            }
        }
        vertx.close().await();
    }

    private static Map<String, List<Trouble>> troubles(Random random) {
        var troubles = new ConcurrentHashMap<String, List<Trouble>>();
        for (int lane = 0; lane < LANES; lane++) {
            for (int n = 0; n < NOTES_A_LANE; n++) {
                if (random.nextInt(5) == 0) {
                    var list = new ArrayList<Trouble>();
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        // later takes a second each time, so it is rare
                        list.add(
                                random.nextInt(60) == 0
                                        ? Trouble.LATER
                                        : List.of(Trouble.THROW, Trouble.CONFLICT, Trouble.DIVIDE)
                                                .get(random.nextInt(3)));
                    }
                    troubles.put(note(lane, n), list);
                }
            }
        }
        return troubles;
    }

    private static String key(int lane, int k) {
        return "k" + lane + k;
    }

    private static String note(int lane, int n) {
        return key(lane, n % KEYS_A_LANE) + "-" + n;
    }

    private static String text(Noted note) {
        return note.key() + "-" + note.n();
    }

    private static Outcome meet(List<Trouble> left, Transaction tx) {
        Trouble next;
        synchronized (left) {
            next = left.isEmpty() ? null : left.remove(0);
        }
        return switch (next) {
            case null -> Outcome.done();
            case THROW -> throw new IllegalStateException("as chance will have it");
            case LATER -> Outcome.later(Duration.ofSeconds(1), "as chance will have it");
            case CONFLICT -> {
                tx.execute("do $$ begin raise exception using errcode = '40001'; end $$");
                yield Outcome.done();
            }
            case DIVIDE -> {
                tx.execute("select 1 / 0");
                yield Outcome.done();
            }
        };
    }

    /** As a relay does, and worse: any instance, any size, some batches to both at once, some that are old. */
    private static void deliver(Shelf shelf, List<Shelf.Instance> instances, int lane, Random chance) {
        var messages = new ArrayList<Batch.Positioned>();
        for (int n = 0; n < NOTES_A_LANE; n++) { // the lanes' positions are those of one ledger
            messages.add(new Batch.Positioned(1L + lane + (long) n * LANES, Shelf.message(note(lane, n))));
        }
        var sent = new ArrayList<Batch>();
        long cursor = 0;
        while (cursor < messages.get(NOTES_A_LANE - 1).position()) {
            int begin = index(messages, cursor);
            int end = Math.min(NOTES_A_LANE, begin + 1 + chance.nextInt(BATCH_MAX));
            var upto = messages.get(end - 1).position();
            var batch = new Batch(shelf.subscription, "desk", lane, cursor, upto, messages.subList(begin, end));
            sent.add(batch);
            var first = instances.get(chance.nextInt(2));
            if (chance.nextInt(3) == 0) {
                var second = instances.get(chance.nextInt(2));
                var again = sent.get(chance.nextInt(sent.size()));
                var meanwhile = Thread.ofVirtual().start(() -> second.apply(again));
                first.apply(batch);
                join(meanwhile);
            } else {
                first.apply(batch);
            }
            cursor = shelf.cursor(lane);
        }
    }

    private static int index(List<Batch.Positioned> messages, long cursor) {
        int index = 0;
        while (messages.get(index).position() <= cursor) {
            index++;
        }
        return index;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
