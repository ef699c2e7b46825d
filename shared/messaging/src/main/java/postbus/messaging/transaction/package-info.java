/**
 * One transaction of a service: its statements, and the messages that leave with it. A handler is given a
 * {@link postbus.messaging.transaction.Transaction}; code with no message at hand (a worker, a test) opens one with
 * {@link postbus.messaging.transaction.Transactions}.
 *
 * <p>Direct style: calls wait for Postgres, so they belong on virtual threads and never on an event loop. What a future
 * failed with is thrown as it is, checked exceptions too, though no signature says so: {@code catch (Exception)} where
 * nothing may slip through.
 */
@NullMarked
package postbus.messaging.transaction;

import org.jspecify.annotations.NullMarked;
