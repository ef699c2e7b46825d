/** The inventory: what is on the shelf and what is promised to orders. */
@NullMarked
package postbus.contracts.inventory;

import org.jspecify.annotations.NullMarked;
