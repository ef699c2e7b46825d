package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import postbus.messaging.Envelope;
import postbus.messaging.ledger.Ledger;

class TailTest {
    private static final Ledger.Filter NOTED = new Ledger.Filter("desk", Set.of("desk.noted.v1"));
    private static final int BATCH_COUNT_MAX = 3;
    private static final int BATCH_BYTES_MAX = 1_000;
    private static final List<Ledger.Entry> FROM_LEDGER = List.of(new Ledger.Entry(-1, null));

    private final Tail tail = new Tail(
            new Ledger.Heads(10, List.of(9L, 10L), List.of(0L, 0L)),
            (lane, after, filter, countMax) -> Future.succeededFuture(FROM_LEDGER),
            BATCH_BYTES_MAX);

    @Test
    void what_was_just_cut_is_not_read_again() {
        tail.add(cut(10, 0, 1, 0));
        assertThat(positions(0, 9)).containsExactly(11L, 13L);
        assertThat(positions(0, 11)).containsExactly(13L);
        assertThat(positions(0, 13)).isEmpty();
        assertThat(positions(1, 10)).containsExactly(12L);
    }

    @Test
    void what_was_cut_before_is_read_from_the_ledger() {
        tail.add(cut(10, 0, 1));
        assertThat(read(0, 8)).isEqualTo(FROM_LEDGER);
        assertThat(read(1, 9)).isEqualTo(FROM_LEDGER);
    }

    @Test
    void after_another_relay_has_cut_in_between_memory_begins_anew() {
        tail.add(cut(10, 0));
        tail.add(cut(15, 0)); // who cut from 12 to 15?
        assertThat(read(0, 11)).isEqualTo(FROM_LEDGER);
        assertThat(read(1, 10)).isEqualTo(FROM_LEDGER);
        assertThat(positions(0, 15)).containsExactly(16L);
    }

    @Test
    void a_cut_that_comes_without_its_messages_is_read_from_the_ledger() {
        tail.add(new Ledger.Cut(10, 5_000, List.of(new Ledger.LaneHead(0, 5_010)), List.of(), false));
        assertThat(read(0, 10)).isEqualTo(FROM_LEDGER);
        tail.add(cut(5_010, 0));
        assertThat(positions(0, 5_010)).containsExactly(5_011L);
    }

    @Test
    void the_oldest_is_forgotten_beyond_a_limit_of_count() {
        int[] lanes = new int[Tail.COUNT_MAX + 2];
        tail.add(cut(10, lanes));
        assertThat(read(0, 11)).isEqualTo(FROM_LEDGER);
        assertThat(positions(0, 12)).containsExactly(13L, 14L, 15L);
    }

    @Test
    void the_oldest_is_forgotten_beyond_a_limit_of_bytes() {
        var large = message("desk.noted.v1", null, Tail.BYTES_MAX / 2 - 1);
        for (int i = 10; i < 12; i++) {
            tail.add(cut(i, new Ledger.CutMessage(0, i + 1, large)));
        }
        assertThat(read(0, 10)).isEqualTo(FROM_LEDGER);
        assertThat(positions(0, 11)).containsExactly(12L);
        assertThat(read(1, 10)).isEmpty(); // each lane has its share
    }

    @Test
    void what_retention_deleted_is_forgotten() {
        tail.add(cut(10, 0, 1, 0));
        tail.pruned(0, 11);
        assertThat(read(0, 10)).isEqualTo(FROM_LEDGER);
        assertThat(positions(0, 11)).containsExactly(13L);
        tail.pruned(1, 12);
        assertThat(read(1, 10)).isEqualTo(FROM_LEDGER);
        assertThat(read(1, 12)).isEmpty();
    }

    @Test
    void a_batch_ends_when_its_bodies_reach_the_limit() {
        var large = message("desk.noted.v1", null, BATCH_BYTES_MAX);
        tail.add(cut(10, new Ledger.CutMessage(0, 11, large), new Ledger.CutMessage(0, 12, large)));
        assertThat(positions(0, 10)).containsExactly(11L);
    }

    @Test
    void of_what_the_subscription_does_not_want_only_the_place_is_told() {
        tail.add(cut(
                10,
                new Ledger.CutMessage(0, 11, message("desk.noted.v2", null, 1)),
                new Ledger.CutMessage(0, 12, message("desk.noted-well.v1", null, 1)),
                new Ledger.CutMessage(0, 13, message("desk.note.v1", "desk", 1))));
        assertThat(read(0, 10))
                .extracting(
                        entry -> entry.message() == null ? "-" : entry.message().type())
                .containsExactly("desk.noted.v2", "-", "desk.note.v1");
    }

    private List<Ledger.Entry> read(int lane, long after) {
        return tail.read(lane, after, NOTED, BATCH_COUNT_MAX).result();
    }

    private List<Long> positions(int lane, long after) {
        return read(lane, after).stream().map(Ledger.Entry::position).toList();
    }

    private static Ledger.Cut cut(long after, int... lanes) {
        var messages = new ArrayList<Ledger.CutMessage>();
        for (int lane : lanes) {
            messages.add(new Ledger.CutMessage(lane, after + messages.size() + 1, message("desk.noted.v1", null, 1)));
        }
        return cut(after, messages.toArray(Ledger.CutMessage[]::new));
    }

    private static Ledger.Cut cut(long after, Ledger.CutMessage... messages) {
        return new Ledger.Cut(after, messages.length, List.of(), Arrays.asList(messages), false);
    }

    private static Envelope message(String type, String recipient, int bytes) {
        var id = UUID.randomUUID();
        var body = Buffer.buffer("x".repeat(bytes));
        return new Envelope(id, "desk", type, "key", Instant.EPOCH, recipient, id, null, null, body);
    }
}
