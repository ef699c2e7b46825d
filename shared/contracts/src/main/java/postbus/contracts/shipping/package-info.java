/** Shipping: hands paid orders to the carrier. */
@NullMarked
package postbus.contracts.shipping;

import org.jspecify.annotations.NullMarked;
