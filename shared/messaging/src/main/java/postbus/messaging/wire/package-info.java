/**
 * What relays and durable subscribers say to each other over the event bus, and in which bytes. Everything here may be
 * lost, repeated, late or out of order without harm: positions tell.
 */
@NullMarked
package postbus.messaging.wire;

import org.jspecify.annotations.NullMarked;
