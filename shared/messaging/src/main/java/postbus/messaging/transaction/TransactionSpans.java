package postbus.messaging.transaction;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.trace.Tracing;

/**
 * The spans of a transaction: one for each message it processes or publishes, told when it has committed. Of one that
 * rolled back only what failed is told, for the rest did not happen. Several messages that share a transaction have links
 * to its span, which is in a trace of its own and has links to them, as many as the SDK keeps (128). For one thread.
 */
final class TransactionSpans {
    private final Tracing tracing;
    private final String service;
    private final Instant begin = Instant.now();
    private final List<Span> processed = new ArrayList<>();
    private final List<Span> published = new ArrayList<>();
    private @Nullable Span together;
    private @Nullable Envelope first;

    TransactionSpans(Tracing tracing, String service) {
        this.tracing = tracing;
        this.service = service;
    }

    /** Begins to process a message. Returns where its trace goes on. */
    String processing(Envelope message) {
        var builder = tracing.messageSpan("process", "process", SpanKind.CONSUMER, message)
                .setAttribute("messaging.destination.subscription.name", service);
        if (first == null) {
            first = message;
            var span = builder.startSpan();
            processed.add(span);
            return Tracing.traceparent(span);
        }
        var link = Tracing.context(message.traceparent());
        if (together == null) {
            var linkToFirst = Tracing.context(first.traceparent());
            together = tracing.span("apply " + service, SpanKind.INTERNAL, null)
                    .setStartTimestamp(begin)
                    .addLink(linkToFirst)
                    .addLink(link)
                    .startSpan();
            processed.get(0).addLink(together.getSpanContext());
        } else {
            together.addLink(link);
        }
        var span = builder.addLink(together.getSpanContext()).startSpan();
        processed.add(span);
        return Tracing.traceparent(span);
    }

    /** Returns the traceparent that the message is to carry. */
    String publishing(String operation, Envelope message) {
        var span = tracing.messageSpan(operation, "send", SpanKind.PRODUCER, message)
                .startSpan();
        published.add(span);
        return Tracing.traceparent(span);
    }

    void committed() {
        published.forEach(Span::end);
        processed.forEach(Span::end);
        endTogether(null);
    }

    /** @param isDone whether all was processed, and the COMMIT failed, which is nobody's fault among several */
    void rolledBack(Throwable failure, boolean isDone) {
        if (!processed.isEmpty() && (!isDone || processed.size() == 1)) {
            Tracing.end(processed.get(processed.size() - 1), failure);
        }
        endTogether(failure);
    }

    private void endTogether(@Nullable Throwable failure) {
        if (together != null) {
            together.setAttribute("messaging.batch.message_count", processed.size());
            Tracing.end(together, failure);
        }
    }
}
