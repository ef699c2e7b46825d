package postbus.bench.jmh;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import postbus.bench.work.OrderTaken;
import postbus.messaging.MessageJson;
import postbus.messaging.wire.Batch;

/** A batch to bytes and back, as it travels between nodes; and a message's body. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WireJmh {
    /** Messages in the batch. */
    @Param({"1", "10", "100"})
    int messages;

    private MessageCodec<Batch, Batch> codec = Codecs.batch();
    private Batch batch = Batches.next("effects", 0, 1);
    private Buffer bytes = Buffer.buffer();
    private final OrderTaken order = OrderTaken.of(1);
    private final Buffer body = MessageJson.write(order);

    /** To be called by JMH. */
    public WireJmh() {}

    /** Makes what is encoded, and what is decoded. */
    @Setup
    public void prepare() {
        codec = Codecs.batch();
        batch = Batches.next("effects", 0, messages);
        bytes = encode();
        if (!codec.decodeFromWire(0, bytes).equals(batch)) {
            throw new IllegalStateException("a batch is not what it was after encoding and decoding");
        }
    }

    /** A batch to bytes. */
    @Benchmark
    public Buffer encode() {
        var buffer = Buffer.buffer();
        codec.encodeToWire(buffer, batch);
        return buffer;
    }

    /** Bytes to a batch. */
    @Benchmark
    public Batch decode() {
        return codec.decodeFromWire(0, bytes);
    }

    /** A record to JSON; does not depend on the batch. */
    @Benchmark
    public Buffer writeBody() {
        return MessageJson.write(order);
    }

    /** JSON to a record; does not depend on the batch. */
    @Benchmark
    public OrderTaken readBody() {
        return MessageJson.read(body, OrderTaken.class);
    }
}
