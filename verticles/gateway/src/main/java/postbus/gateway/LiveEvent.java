package postbus.gateway;

import io.vertx.core.buffer.Buffer;
import postbus.messaging.CloudEvent;
import postbus.messaging.Envelope;

/** An event at its place in its source's ledger, written once for all who are told of it. */
record LiveEvent(long position, String type, String key, Buffer json) {
    static LiveEvent of(long position, Envelope event) {
        return new LiveEvent(
                position, event.type(), event.key(), CloudEvent.of(event).toJson());
    }
}
