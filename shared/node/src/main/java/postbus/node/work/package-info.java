/**
 * Work that waits in a table and needs the world outside the database: a payment provider, a webhook's receiver. A
 * message handler only writes the item down; a {@link postbus.node.work.LeasedWorker} in every instance takes it under
 * a lease, does it outside any transaction, and takes it again when the process died over it.
 *
 * <p>What the items are, how they are leased, and what is recorded when one is done is the service's own: it brings
 * the table as a {@link postbus.node.work.LeasedQueue}. Work must be safe to do twice, which is a matter of an
 * idempotency key that whoever is called knows.
 */
@NullMarked
package postbus.node.work;

import org.jspecify.annotations.NullMarked;
