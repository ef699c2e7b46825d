/**
 * Looks at what a source has published, for people: by id, key, correlation, type and time. Reads only, and without an
 * index of its own, so that publishing pays nothing for it: positions follow time, so a time is found in the ledger by
 * halving it, and the ids that Postbus makes (UUID version 7) begin with their time. Each answer costs a limited number
 * of entries looked at, and says where to go on.
 */
@NullMarked
package postbus.messaging.search;

import org.jspecify.annotations.NullMarked;
