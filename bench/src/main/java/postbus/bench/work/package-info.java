/**
 * The cost of a message from commit to effect, measured beside what plain SQL on the same server can do. See
 * {@code bench/run --help}.
 */
@NullMarked
package postbus.bench.work;

import org.jspecify.annotations.NullMarked;
