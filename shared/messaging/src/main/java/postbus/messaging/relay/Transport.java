package postbus.messaging.relay;

import io.vertx.core.Future;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Batch;

/**
 * Carries batches to subscribers. It may lose, repeat, delay and reorder them: the cursor in each batch and each answer
 * tells. It must complete every future, so that a lane does not wait for ever.
 */
@FunctionalInterface
interface Transport {
    /** Hands a batch to one instance of its subscription. Fails when no answer came in time, or nobody is there. */
    Future<Ack> deliver(Batch batch);
}
