/** The parts of Postgres that the protocol stands on, as a model that can be stopped between any two steps. */
@NullMarked
package postbus.messaging.simulation.model;

import org.jspecify.annotations.NullMarked;
