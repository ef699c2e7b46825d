/**
 * Tells applications outside what happened, by webhook: each integration event as a CloudEvent in JSON, signed as
 * Standard Webhooks say.
 *
 * <p>Delivery is at least once: the header {@code webhook-id} is the event's id and the same in every attempt, by which
 * a receiver knows a repetition. One event at a time is sent to a webhook, in the order in which they came, but an
 * event that is not accepted is put off and holds back none of those behind it: a receiver must not rely on order.
 * After the last attempt a delivery is dead and stays in the table for a person to look at.
 */
@NullMarked
package postbus.notifications;

import org.jspecify.annotations.NullMarked;
