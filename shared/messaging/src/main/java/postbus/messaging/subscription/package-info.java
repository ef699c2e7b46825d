/**
 * Applying: a durable subscription takes batches from relays and handles each in one transaction of its own service's
 * database, whose first statement moves its cursor by compare-and-set. Effects, outgoing messages and cursor commit
 * together or not at all, so a batch that comes twice, late, out of order or to two instances at once changes state
 * once. There is no memory of single messages, hence no window after which a repetition would pass.
 */
@NullMarked
package postbus.messaging.subscription;

import org.jspecify.annotations.NullMarked;
