/**
 * Moving a subscription's cursors by hand: back, so that messages are applied again, or forth, so that some are passed
 * over. It is the subscription's own database that is changed; running instances and relays need not be told, nor
 * stopped: the next batch finds the cursor elsewhere, and the answer and the next announcement say where.
 */
@NullMarked
package postbus.messaging.replay;

import org.jspecify.annotations.NullMarked;
