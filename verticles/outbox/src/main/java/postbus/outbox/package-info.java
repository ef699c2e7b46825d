/** The outbox verticle: a relay for each source. Run two or more; one leads each source, the others stand by. */
@NullMarked
package postbus.outbox;

import org.jspecify.annotations.NullMarked;
