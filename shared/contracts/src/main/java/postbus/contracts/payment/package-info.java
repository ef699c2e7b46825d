/** Payment: takes money for orders, and gives it back. */
@NullMarked
package postbus.contracts.payment;

import org.jspecify.annotations.NullMarked;
