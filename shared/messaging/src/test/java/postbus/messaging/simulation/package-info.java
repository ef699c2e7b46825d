/**
 * The protocol under an adversary that decides about every interleaving: one thread, one seed, the same run each time.
 * Relay's delivery and subscriber's applying are the real classes; Postgres and the bus are models.
 */
@NullMarked
package postbus.messaging.simulation;

import org.jspecify.annotations.NullMarked;
