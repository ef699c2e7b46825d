/**
 * Spans and log fields that follow a request through all services it touches. Who runs a service switches tracing on with
 * {@link postbus.messaging.trace.Tracing#on}; without it nothing is made, and a message keeps the trace context that its
 * cause has.
 */
@NullMarked
package postbus.messaging.trace;

import org.jspecify.annotations.NullMarked;
