/**
 * What a message costs from commit to effect: Postbus, its peers, and what plain SQL on the same server can do, each in a
 * process of its own that does what it is told ({@link postbus.bench.subject.Conversation}). See
 * {@code bench/run --help}.
 */
@NullMarked
package postbus.bench.work;

import org.jspecify.annotations.NullMarked;
