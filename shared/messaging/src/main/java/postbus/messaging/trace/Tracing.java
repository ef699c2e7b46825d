package postbus.messaging.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.Shareable;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/**
 * The spans of one service, named by OpenTelemetry's conventions for messaging and RPC. Where a trace goes on is told by a
 * W3C {@code traceparent}, never by the thread. Off, it costs the question {@link #isOn}: nothing else may be asked of it
 * then. Thread-safe.
 */
public final class Tracing {
    public static final Tracing OFF = new Tracing(null);

    private static final String MAP = "postbus.tracing";
    private static final String TRACERS = "tracers";

    /** {@code 00-}, 32 digits, {@code -}, 16 digits, {@code -}, 2 digits. */
    private static final int TRACE_ID = 3;

    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;

    private final @Nullable Tracer tracer;

    private record Tracers(Function<String, Tracer> byService) implements Shareable {}

    private Tracing(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    /** Traces services of this Vert.x that are deployed from now on. */
    public static void on(Vertx vertx, Function<String, Tracer> byService) {
        vertx.sharedData().<String, Tracers>getLocalMap(MAP).put(TRACERS, new Tracers(byService));
    }

    /** Of a service; {@link #OFF} unless it was switched on. */
    public static Tracing of(Vertx vertx, String service) {
        var tracers = vertx.sharedData().<String, Tracers>getLocalMap(MAP).get(TRACERS);
        return tracers == null ? OFF : new Tracing(tracers.byService().apply(service));
    }

    public boolean isOn() {
        return tracer != null;
    }

    /** A span yet to be started, in the trace of this context; the first of a new one where there is none. */
    public SpanBuilder span(String name, SpanKind kind, @Nullable String traceparent) {
        var parent = context(traceparent);
        var builder = Objects.requireNonNull(tracer, "tracing is off")
                .spanBuilder(name)
                .setSpanKind(kind);
        return parent.isValid() ? builder.setParent(Context.root().with(Span.wrap(parent))) : builder.setNoParent();
    }

    /** The same, of something done with a message. */
    public SpanBuilder messageSpan(String operation, String operationType, SpanKind kind, Envelope message) {
        return span(operation + " " + message.type(), kind, message.traceparent())
                .setAttribute("messaging.system", "postbus")
                .setAttribute("messaging.operation.name", operation)
                .setAttribute("messaging.operation.type", operationType)
                .setAttribute("messaging.destination.name", message.type())
                .setAttribute("messaging.message.id", message.id().toString())
                .setAttribute(
                        "messaging.message.conversation_id",
                        message.correlationId().toString())
                .setAttribute("messaging.message.body.size", message.data().length());
    }

    /**
     * The same, of a request to a service.
     *
     * @param method what is asked, {@code ordering.place-order.v1}
     */
    public SpanBuilder requestSpan(SpanKind kind, String service, String method, @Nullable String traceparent) {
        return span(method, kind, traceparent)
                .setAttribute("rpc.system", "postbus")
                .setAttribute("rpc.service", service)
                .setAttribute("rpc.method", method);
    }

    /** Ends a span with what went wrong. What a caller did wrong is no error of the one who says so. */
    public static void end(Span span, @Nullable Throwable failure) {
        if (failure instanceof Refusal refusal) {
            span.setAttribute("error.type", refusal.problem().slug());
            if (refusal.problem() == Problem.UNAVAILABLE || refusal.problem() == Problem.INTERNAL) {
                span.setStatus(StatusCode.ERROR, refusal.detail());
            }
        } else if (failure != null) {
            span.setAttribute("error.type", failure.getClass().getName());
            span.recordException(failure);
            span.setStatus(StatusCode.ERROR, failure.toString());
        }
        span.end();
    }

    /** Where a span's children go on. */
    public static String traceparent(Span span) {
        var context = span.getSpanContext();
        return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex();
    }

    /** What a traceparent says; an invalid context where there is none, or it is not well-formed. */
    public static SpanContext context(@Nullable String traceparent) {
        return traceparent == null || traceparent.length() < LENGTH
                ? SpanContext.getInvalid()
                : SpanContext.createFromRemoteParent(
                        traceparent.substring(TRACE_ID, SPAN_ID - 1),
                        traceparent.substring(SPAN_ID, FLAGS - 1),
                        TraceFlags.fromHex(traceparent, FLAGS),
                        TraceState.getDefault());
    }

    /** Of a traceparent; null when there is none. */
    static @Nullable String traceId(@Nullable String traceparent) {
        return traceparent == null || traceparent.length() < LENGTH
                ? null
                : traceparent.substring(TRACE_ID, SPAN_ID - 1);
    }
}
