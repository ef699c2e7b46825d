/**
 * What a source keeps, and for whom: it knows the subscriptions of a source and how far they have come, which position
 * was given by when, and deletes messages that are old enough, have their position, and were applied by every
 * registered subscription.
 *
 * <p>What is written here about subscriptions lags behind what they know themselves. Whether something is missing for a
 * reader is not decided here: {@link postbus.messaging.ledger.Ledger#read} tells it, exactly.
 */
@NullMarked
package postbus.messaging.retention;

import org.jspecify.annotations.NullMarked;
