/**
 * For testing services at their door: a real Postgres, a real event bus, real relays, and ways to speak as a
 * neighbour and to wait for what must happen. Every wait is bounded.
 */
@NullMarked
package postbus.testkit;

import org.jspecify.annotations.NullMarked;
