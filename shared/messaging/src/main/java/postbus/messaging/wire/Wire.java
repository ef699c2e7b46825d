package postbus.messaging.wire;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/**
 * The binary form of batches and their answers, and of events that are followed. Bodies are copied as bytes and never parsed; inside one JVM the
 * (immutable) objects are handed over as they are.
 *
 * <p>Layout, big-endian: a version byte, then the fields in the order of the records. Text is a length (int, -1 for
 * null) and UTF-8; a UUID is 16 bytes after a presence byte; an instant is microseconds since 1970
 * (long).
 */
public final class Wire {
    private static final byte VERSION = 1;

    private Wire() {}

    /** Teaches the event bus these forms; to be called once for each Vert.x, before anything is sent. */
    public static void register(Vertx vertx) {
        vertx.eventBus().registerDefaultCodec(Batch.class, new BatchCodec());
        vertx.eventBus().registerDefaultCodec(Ack.class, new AckCodec());
        vertx.eventBus().registerDefaultCodec(Followed.class, new FollowedCodec());
    }

    /** Hands over the object itself inside a JVM. */
    abstract static class Codec<T> implements MessageCodec<T, T> {
        private final String name;

        Codec(String name) {
            this.name = name;
        }

        @Override
        public T transform(T sent) {
            return sent;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public byte systemCodecID() {
            return -1; // not one of Vert.x's own
        }
    }

    static final class BatchCodec extends Codec<Batch> {
        BatchCodec() {
            super("postbus.batch");
        }

        @Override
        public void encodeToWire(Buffer buffer, Batch batch) {
            buffer.appendByte(VERSION);
            putText(buffer, batch.subscription());
            putText(buffer, batch.source());
            buffer.appendInt(batch.lane()).appendLong(batch.after()).appendLong(batch.upto());
            putMessages(buffer, batch.messages());
        }

        @Override
        public Batch decodeFromWire(int start, Buffer buffer) {
            var reader = new Reader(buffer, start);
            reader.version();
            var subscription = reader.text();
            var source = reader.text();
            var lane = reader.int32();
            var after = reader.int64();
            var upto = reader.int64();
            return new Batch(subscription, source, lane, after, upto, reader.messages(source));
        }
    }

    static final class FollowedCodec extends Codec<Followed> {
        FollowedCodec() {
            super("postbus.followed");
        }

        @Override
        public void encodeToWire(Buffer buffer, Followed followed) {
            buffer.appendByte(VERSION);
            putText(buffer, followed.source());
            buffer.appendLong(followed.upto()).appendByte((byte) (followed.isGap() ? 1 : 0));
            putMessages(buffer, followed.events());
        }

        @Override
        public Followed decodeFromWire(int start, Buffer buffer) {
            var reader = new Reader(buffer, start);
            reader.version();
            var source = reader.text();
            return new Followed(source, reader.int64(), reader.flag(), reader.messages(source));
        }
    }

    static final class AckCodec extends Codec<Ack> {
        AckCodec() {
            super("postbus.ack");
        }

        @Override
        public void encodeToWire(Buffer buffer, Ack ack) {
            buffer.appendByte(VERSION).appendLong(ack.cursor());
            putText(buffer, ack.failure());
        }

        /** Never throws: an answer that cannot be read would otherwise complete nobody's future. */
        @Override
        public Ack decodeFromWire(int start, Buffer buffer) {
            try {
                var reader = new Reader(buffer, start);
                reader.version();
                return new Ack(reader.int64(), reader.textOrNull());
            } catch (RuntimeException unreadable) {
                return new Ack(-1, "unreadable answer: " + unreadable.getMessage());
            }
        }
    }

    private static void putMessages(Buffer buffer, List<Batch.Positioned> messages) {
        buffer.appendInt(messages.size());
        for (var positioned : messages) {
            var message = positioned.message();
            buffer.appendLong(positioned.position());
            putUuid(buffer, message.id());
            putText(buffer, message.type());
            putText(buffer, message.key());
            buffer.appendLong(micros(message.time()));
            putText(buffer, message.recipient());
            putUuid(buffer, message.correlationId());
            putUuid(buffer, message.causationId());
            putText(buffer, message.traceparent());
            buffer.appendInt(message.data().length()).appendBuffer(message.data());
        }
    }

    /** Postgres knows times beyond what these microseconds can count; of such the nearest that they can. */
    private static long micros(Instant time) {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, time);
        } catch (ArithmeticException beyond) {
            return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private static void putText(Buffer buffer, @Nullable String text) {
        if (text == null) {
            buffer.appendInt(-1);
        } else {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            buffer.appendInt(bytes.length).appendBytes(bytes);
        }
    }

    private static void putUuid(Buffer buffer, @Nullable UUID uuid) {
        if (uuid == null) {
            buffer.appendByte((byte) 0);
        } else {
            buffer.appendByte((byte) 1)
                    .appendLong(uuid.getMostSignificantBits())
                    .appendLong(uuid.getLeastSignificantBits());
        }
    }

    /** Reads forward from an offset. A body cut short is an {@link IndexOutOfBoundsException}. */
    private static final class Reader {
        private final Buffer buffer;
        private int offset;

        Reader(Buffer buffer, int offset) {
            this.buffer = buffer;
            this.offset = offset;
        }

        void version() {
            var version = buffer.getByte(offset++);
            if (version != VERSION) {
                throw new IllegalArgumentException("wire version " + version + ", this node reads " + VERSION);
            }
        }

        int int32() {
            offset += 4;
            return buffer.getInt(offset - 4);
        }

        long int64() {
            offset += 8;
            return buffer.getLong(offset - 8);
        }

        boolean flag() {
            return buffer.getByte(offset++) != 0;
        }

        List<Batch.Positioned> messages(String source) {
            var count = int32();
            var messages = new ArrayList<Batch.Positioned>(Math.min(count, 4096));
            for (int i = 0; i < count; i++) {
                var position = int64();
                messages.add(new Batch.Positioned(
                        position,
                        new Envelope(
                                uuid(),
                                source,
                                text(),
                                text(),
                                instant(),
                                textOrNull(),
                                uuid(),
                                uuidOrNull(),
                                textOrNull(),
                                bytes())));
            }
            return messages;
        }

        Instant instant() {
            return Instant.EPOCH.plus(int64(), ChronoUnit.MICROS);
        }

        Buffer bytes() {
            var start = pass(int32());
            return buffer.getBuffer(start, offset);
        }

        /** Where so many bytes begin; nothing is made room for that is not there. */
        private int pass(int length) {
            var start = offset;
            if (length < 0 || length > buffer.length() - start) {
                throw new IndexOutOfBoundsException(
                        length + " bytes at byte " + start + " of a message of " + buffer.length());
            }
            offset = start + length;
            return start;
        }

        @Nullable
        String textOrNull() {
            var length = int32();
            if (length < 0) {
                return null;
            }
            var start = pass(length);
            return buffer.getString(start, offset, "UTF-8");
        }

        String text() {
            var text = textOrNull();
            if (text == null) {
                throw new IllegalArgumentException("text missing at byte " + offset);
            }
            return text;
        }

        @Nullable
        UUID uuidOrNull() {
            return buffer.getByte(offset++) == 0 ? null : new UUID(int64(), int64());
        }

        UUID uuid() {
            var uuid = uuidOrNull();
            if (uuid == null) {
                throw new IllegalArgumentException("id missing at byte " + offset);
            }
            return uuid;
        }
    }
}
