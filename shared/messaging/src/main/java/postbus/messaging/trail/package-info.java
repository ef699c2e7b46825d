/**
 * What people decided about a service's subscription, whoever asks: retries and discards of dead letters, replays, pauses
 * and resumes. Each is written by the package that carries it out, in the transaction that does; here they are read
 * together. Nothing of it is ever changed or deleted.
 */
@NullMarked
package postbus.messaging.trail;

import org.jspecify.annotations.NullMarked;
