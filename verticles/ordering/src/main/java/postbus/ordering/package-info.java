/**
 * Ordering: from a cart to a shipped or cancelled order. An order is the stream of its events ({@code EventStore}); its
 * state is their fold, and what may happen next is decided by {@code Order}. What other services must do or know is
 * decided by {@code OrderProcess} and leaves in the transaction that records the event, so that money and stock are
 * always settled: an order ends shipped, or cancelled with everything given back.
 *
 * <p>Two transactions that decide on one order at the same time cannot both commit; the later one decides again.
 * Reserving, charging and dispatching are left to other services, which are reached by messages only.
 */
@NullMarked
package postbus.ordering;

import org.jspecify.annotations.NullMarked;
