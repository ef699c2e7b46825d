/** Load for a running shop, through its front door, with the sums checked afterwards. */
@NullMarked
package postbus.bench;

import org.jspecify.annotations.NullMarked;
