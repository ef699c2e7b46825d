/**
 * The shop under fire: a cluster of its own, customers, and faults by a schedule that is drawn from a seed or given as a
 * file; afterwards the checks that say whether every promise was kept. Nothing of it is part of the product.
 */
@NullMarked
package postbus.bench.chaos;

import org.jspecify.annotations.NullMarked;
