package postbus.messaging.subscription;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Observer;
import postbus.messaging.trace.LogContext;
import postbus.messaging.trace.Tracing;

/** Where a subscription's messages are parked, and by which rules. */
final class ParkingLot {
    private static final Logger LOG = LoggerFactory.getLogger(ParkingLot.class);

    private final String subscription;
    private final Parking parking;
    private final boolean skipsDeadLetters;
    private final Waits waits;
    private final Observer observer;
    private final Tracing tracing;

    /** Without tracing. */
    ParkingLot(String subscription, Parking parking, boolean skipsDeadLetters, Waits waits, Observer observer) {
        this(subscription, parking, skipsDeadLetters, waits, observer, Tracing.OFF);
    }

    /**
     * @param skipsDeadLetters whether a key goes on without its dead letters
     * @param observer is told what is dead
     */
    ParkingLot(
            String subscription,
            Parking parking,
            boolean skipsDeadLetters,
            Waits waits,
            Observer observer,
            Tracing tracing) {
        this.subscription = subscription;
        this.parking = parking;
        this.skipsDeadLetters = skipsDeadLetters;
        this.waits = waits;
        this.observer = observer;
        this.tracing = tracing;
    }

    /** What is to become of a message after one more attempt that failed. */
    Parked failed(Parked message, Failure failure, Instant now) {
        return message.failed(failure, parking, skipsDeadLetters, now, waits.random());
    }

    /** Parks messages, or throws {@link ParkingFull}. */
    void park(Inbox.Work work, List<Parked> messages) {
        if (!work.park(messages, parking.parkedMax())) {
            throw new ParkingFull(parking.parkedMax());
        }
    }

    /** Says so, once it is committed. */
    void tell(Parked parked, Throwable failure) {
        var message = parked.message();
        if (tracing.isOn()) {
            trace(parked);
        }
        LogContext.enter(message.correlationId(), message.traceparent());
        try {
            log(parked, failure);
        } finally {
            LogContext.leave();
        }
    }

    /** A moment in the trace of the message. */
    private void trace(Parked parked) {
        var span = tracing.messageSpan("park", "settle", SpanKind.INTERNAL, parked.message())
                .setAttribute("messaging.destination.subscription.name", subscription)
                .setAttribute("postbus.parked.state", parked.isDead() ? "dead" : "parked")
                .setAttribute("postbus.parked.attempts", parked.attempts())
                .setAttribute("postbus.parked.next_attempt_at", String.valueOf(parked.nextAttemptAt()))
                .setAttribute("error.type", parked.reason().text())
                .startSpan();
        span.setStatus(StatusCode.ERROR, String.valueOf(parked.error()));
        span.end();
    }

    private void log(Parked parked, Throwable failure) {
        var event = String.format(
                Locale.ROOT,
                "subscription=%s source=%s lane=%d position=%d type=%s message=%s reason=%s attempts=%d",
                subscription,
                parked.message().source(),
                parked.lane(),
                parked.position(),
                parked.message().type(),
                parked.message().id(),
                parked.reason().text(),
                parked.attempts());
        // What cannot be read is not quoted, and what is no fault of the code needs no stack
        var shown = parked.reason() == Reason.FAILED && (parked.isDead() || parked.attempts() == 1) ? failure : null;
        var error = parked.reason() == Reason.UNREADABLE ? "" : parked.error();
        if (parked.isDead()) {
            observer.dead(subscription, parked.message().source());
            LOG.error("message.dead {} holdsKey={} error=\"{}\"", event, parked.holdsKey(), error, shown);
        } else {
            LOG.warn("message.parked {} nextAttemptAt={} error=\"{}\"", event, parked.nextAttemptAt(), error, shown);
        }
    }
}
