/** What is measured inside one process, by JMH: the wire, one cut, one batch. See {@code bench/run jmh -h}. */
@NullMarked
package postbus.bench.jmh;

import org.jspecify.annotations.NullMarked;
