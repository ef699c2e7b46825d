package postbus.messaging.subscription;

import postbus.messaging.wire.Batch;

/** Of one source. */
record Lane(String source, int lane) {
    static Lane of(Batch batch) {
        return new Lane(batch.source(), batch.lane());
    }
}
