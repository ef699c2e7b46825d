/**
 * Further measurements of {@code bench/run}, each a {@link postbus.bench.cells.Cell}: what is compared is measured in
 * turns within one run, and each message is seen to take effect once. A figure is worth nothing without the one beside it.
 */
@NullMarked
package postbus.bench.cells;

import org.jspecify.annotations.NullMarked;
