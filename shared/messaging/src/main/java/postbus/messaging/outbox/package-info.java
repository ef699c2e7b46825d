/**
 * Appending: what a transaction wants to say becomes rows of its own service's {@code outbox}, written as the last
 * statement before COMMIT. So a message exists if and only if its transaction committed, and costs one insert,
 * whoever receives it. Nothing here reads, updates or deletes a message: that a message is found and delivered is the
 * business of {@code ledger} and {@code relay}.
 */
@NullMarked
package postbus.messaging.outbox;

import org.jspecify.annotations.NullMarked;
