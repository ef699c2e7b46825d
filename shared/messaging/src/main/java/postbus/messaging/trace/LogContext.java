package postbus.messaging.trace;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What log lines of this thread are about, until it is left: {@code correlation} and, in a trace, {@code trace}. For
 * virtual threads, each of which does one thing at a time; not for event loops, which would take it along.
 */
public final class LogContext {
    private static final String CORRELATION = "correlation";
    private static final String TRACE = "trace";

    private LogContext() {}

    /** Replaces what it was about before. */
    public static void enter(UUID correlationId, @Nullable String traceparent) {
        MDC.put(CORRELATION, correlationId.toString());
        var trace = Tracing.traceId(traceparent);
        if (trace == null) {
            MDC.remove(TRACE);
        } else {
            MDC.put(TRACE, trace);
        }
    }

    public static void leave() {
        MDC.remove(CORRELATION);
        MDC.remove(TRACE);
    }
}
