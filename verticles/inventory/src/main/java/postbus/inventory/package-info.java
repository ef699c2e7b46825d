/**
 * The inventory: what is on the shelf and what of it is promised to orders. It promises that never more is promised
 * than is there, that an order gets all it wants or nothing, and that each order is decided upon once: whatever is
 * asked again, or too late, changes nothing and says nothing. Which products there are it learns from the catalog; what
 * becomes of an order is ordering's business.
 */
@NullMarked
package postbus.inventory;

import org.jspecify.annotations.NullMarked;
