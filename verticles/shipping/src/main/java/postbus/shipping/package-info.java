/**
 * Shipping: hands paid orders to the carrier, after the time it takes to pick them, in which they can still be held
 * back. It promises that for an order exactly one thing is said, and only once: that it was dispatched or that its
 * dispatch was stopped. What that means for the order, its money and its goods is ordering's business.
 */
@NullMarked
package postbus.shipping;

import org.jspecify.annotations.NullMarked;
