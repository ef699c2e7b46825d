/** Ordering: from a cart to a shipped or cancelled order. */
@NullMarked
package postbus.contracts.ordering;

import org.jspecify.annotations.NullMarked;
