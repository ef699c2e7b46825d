/** Requests that a contract describes, and the many that it does not, made from a seed and sent as the very bytes. */
@NullMarked
package postbus.shop.fuzz;

import org.jspecify.annotations.NullMarked;
