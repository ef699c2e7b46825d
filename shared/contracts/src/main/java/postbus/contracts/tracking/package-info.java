/** Tracking: orders as people look at them, built from events. */
@NullMarked
package postbus.contracts.tracking;

import org.jspecify.annotations.NullMarked;
