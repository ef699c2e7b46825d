package postbus.messaging.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import postbus.messaging.Envelope;

class WireTest {
    private final Wire.BatchCodec batches = new Wire.BatchCodec();
    private final Wire.AckCodec acks = new Wire.AckCodec();

    @Test
    void any_batch_survives_the_wire() {
        long seed = Long.getLong("postbus.seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            var batch = batch(random);
            var bytes = Buffer.buffer("before");
            batches.encodeToWire(bytes, batch);
            assertThat(batches.decodeFromWire(6, bytes)).as("seed %d", seed).isEqualTo(batch);
        }
    }

    @Test
    void any_ack_survives_the_wire() {
        for (var ack :
                new Ack[] {new Ack(0, null), new Ack(Long.MAX_VALUE, "failed: Ärger \uD83D\uDE80"), new Ack(7, "")}) {
            var bytes = Buffer.buffer();
            acks.encodeToWire(bytes, ack);
            assertThat(acks.decodeFromWire(0, bytes)).isEqualTo(ack);
        }
    }

    @Test
    void a_batch_cut_short_is_noticed() {
        var bytes = Buffer.buffer();
        batches.encodeToWire(bytes, batch(new Random(1)));
        assertThatThrownBy(() -> batches.decodeFromWire(0, bytes.getBuffer(0, bytes.length() - 1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void a_length_that_lies_makes_room_for_nothing() {
        for (int length : new int[] {1, 1 << 30, Integer.MAX_VALUE}) {
            var text = Buffer.buffer().appendByte((byte) 1).appendInt(length);
            assertThatThrownBy(() -> batches.decodeFromWire(0, text))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining(length + " bytes at byte 5 of a message of 5");
        }
        var count = Buffer.buffer()
                .appendByte((byte) 1)
                .appendInt(1)
                .appendString("a")
                .appendInt(1)
                .appendString("b")
                .appendInt(0)
                .appendLong(0)
                .appendLong(0)
                .appendInt(Integer.MAX_VALUE);
        assertThatThrownBy(() -> batches.decodeFromWire(0, count)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void any_bytes_are_read_or_refused_as_what_they_are() {
        long seed = Long.getLong("postbus.seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            var bytes = Buffer.buffer();
            batches.encodeToWire(bytes, batch(random));
            for (int spoilt = 1 + random.nextInt(4); spoilt > 0; spoilt--) {
                bytes.setByte(random.nextInt(bytes.length()), (byte) random.nextInt());
            }
            try {
                batches.decodeFromWire(0, bytes.getBuffer(0, 1 + random.nextInt(bytes.length())));
            } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
                assertThat(refused.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    @Test
    void a_time_beyond_what_microseconds_can_count_becomes_the_nearest_they_can() {
        for (var time : new Instant[] {Instant.MAX, Instant.MIN}) {
            var bytes = Buffer.buffer();
            var random = new Random(1);
            var like = batch(random).messages().get(0).message();
            var message = new Envelope(
                    like.id(), "desk", like.type(), "k", time, null, like.correlationId(), null, null, like.data());
            batches.encodeToWire(
                    bytes, new Batch("file", "desk", 0, 0, 1, java.util.List.of(new Batch.Positioned(1, message))));
            var read =
                    batches.decodeFromWire(0, bytes).messages().get(0).message().time();
            assertThat(read)
                    .isEqualTo(Instant.EPOCH.plus(
                            time.equals(Instant.MAX) ? Long.MAX_VALUE : Long.MIN_VALUE, ChronoUnit.MICROS));
        }
    }

    @Test
    void another_version_is_named() {
        var bytes = Buffer.buffer().appendByte((byte) 9).appendLong(0);
        assertThatThrownBy(() -> batches.decodeFromWire(0, bytes)).hasMessageContaining("wire version 9");
        assertThat(acks.decodeFromWire(0, bytes).failure()).contains("wire version 9");
    }

    private static Batch batch(Random random) {
        var messages = new ArrayList<Batch.Positioned>();
        long position = random.nextLong(1_000);
        for (int i = random.nextInt(5) + 1; i > 0; i--) {
            position += 1 + random.nextInt(3);
            messages.add(new Batch.Positioned(
                    position,
                    new Envelope(
                            uuid(random),
                            "desk",
                            "desk.noted.v1",
                            "key " + random.nextInt() + " ü",
                            Instant.EPOCH.plus(random.nextLong(1L << 52), ChronoUnit.MICROS),
                            random.nextBoolean() ? null : "file",
                            uuid(random),
                            random.nextBoolean() ? null : uuid(random),
                            random.nextBoolean() ? null : "00-abc-def-01",
                            Buffer.buffer("x".repeat(1 + random.nextInt(300))))));
        }
        return new Batch("file", "desk", random.nextInt(256), 0, position + random.nextInt(5), messages);
    }

    private static UUID uuid(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
