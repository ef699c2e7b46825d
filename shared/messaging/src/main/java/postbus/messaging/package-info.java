/**
 * The words everything else speaks in: {@link postbus.messaging.Event}, {@link postbus.messaging.Command}, the
 * {@link postbus.messaging.Envelope} they travel in, the grammar of their {@linkplain postbus.messaging.MessageType
 * types}, and the {@linkplain postbus.messaging.Problem problems} a request may be refused with.
 *
 * <p>A message goes through four packages, in this order: {@code outbox} appends it in the transaction that caused it,
 * {@code ledger} cuts it (gives it its position), {@code relay} delivers it, {@code subscription} applies it.
 */
@NullMarked
package postbus.messaging;

import org.jspecify.annotations.NullMarked;
