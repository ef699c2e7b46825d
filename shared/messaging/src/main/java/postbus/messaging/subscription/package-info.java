/**
 * Applying: a durable subscription takes batches from relays and handles each in one transaction of its own service's
 * database, whose first statement moves its cursor by compare-and-set. Effects, outgoing messages and cursor commit
 * together or not at all, so a batch that comes twice, late, out of order or to two instances at once changes state
 * once. There is no memory of single messages, hence no window after which a repetition would pass.
 *
 * <p>A message that cannot be applied is parked, and what follows of its key behind it, in the transaction that moves
 * the cursor past it; every other key flows. Parked messages are tried again on a schedule by any instance; what is not
 * applied in the end is a dead letter, for people to decide about.
 */
@NullMarked
package postbus.messaging.subscription;

import org.jspecify.annotations.NullMarked;
