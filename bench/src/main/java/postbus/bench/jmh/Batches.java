package postbus.bench.jmh;

import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import postbus.bench.work.OrderTaken;
import postbus.messaging.Envelope;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.transaction.Ids;
import postbus.messaging.wire.Batch;

/** Batches as a relay sends them. */
final class Batches {
    static final String SOURCE = "sales";

    private Batches() {}

    /** Of messages that nobody has seen before. */
    static Batch next(String subscription, long after, int count) {
        var messages = new ArrayList<Batch.Positioned>();
        for (int i = 1; i <= count; i++) {
            messages.add(new Batch.Positioned(after + i, envelope(OrderTaken.of(i))));
        }
        return new Batch(subscription, SOURCE, 0, after, after + count, messages);
    }

    private static Envelope envelope(OrderTaken order) {
        return new Envelope(
                Ids.next(),
                SOURCE,
                MessageType.of(OrderTaken.class).toString(),
                order.key(),
                Instant.now(),
                null,
                UUID.randomUUID(),
                null,
                null,
                MessageJson.write(order));
    }
}
