/**
 * Delivering: for each source one active relay cuts its ledger and pushes what is new to every subscription, lane by
 * lane. A relay remembers nothing that a restart may lose: positions are in the ledger, cursors with the subscribers,
 * and subscriptions announce themselves. That two relays believe to be active does no harm, it only wastes work.
 *
 * <p>Event loop, no waiting.
 */
@NullMarked
package postbus.messaging.relay;

import org.jspecify.annotations.NullMarked;
