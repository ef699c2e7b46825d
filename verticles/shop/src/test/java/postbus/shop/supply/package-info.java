/** What is in the build that other people made. */
@NullMarked
package postbus.shop.supply;

import org.jspecify.annotations.NullMarked;
