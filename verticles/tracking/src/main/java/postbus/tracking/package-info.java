/**
 * Tracking: the read side of orders, built from the events of the services that work on them. Answers how an order is
 * and which orders there are.
 *
 * <p>Every event adds a row and changes none, so the answer depends on which events have arrived and not on how those of
 * different sources were interleaved. It lags behind by the time events need to travel. What an order's status is, only
 * ordering says; the other services' events are history.
 */
@NullMarked
package postbus.tracking;

import org.jspecify.annotations.NullMarked;
