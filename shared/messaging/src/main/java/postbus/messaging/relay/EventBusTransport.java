package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Batch;

/** Batches as event-bus requests, each to any instance that is registered. */
final class EventBusTransport implements Transport {
    private final EventBus bus;
    private final Timers timers;
    private final DeliveryOptions options;
    private final Duration patience;

    EventBusTransport(EventBus bus, Timers timers, Duration replyTimeout) {
        this.bus = bus;
        this.timers = timers;
        this.options = new DeliveryOptions().setSendTimeout(replyTimeout.toMillis());
        // The bus forgets its own time-out once an answer is there, even one it then cannot decode: so one of ours.
        this.patience = replyTimeout.plusSeconds(1);
    }

    @Override
    public Future<Ack> deliver(Batch batch) {
        var answered = Future.succeededFuture() // what request throws becomes a failed future
                .compose(now -> bus.<Object>request(Addresses.deliver(batch.subscription()), batch, options))
                .compose(answer -> answer.body() instanceof Ack ack
                        ? Future.succeededFuture(ack)
                        : Future.failedFuture("not an acknowledgement: " + answer.body()));
        return timers.within(patience, answered);
    }
}
