/** The catalog: what there is to buy, and for how much. */
@NullMarked
package postbus.contracts.catalog;

import org.jspecify.annotations.NullMarked;
