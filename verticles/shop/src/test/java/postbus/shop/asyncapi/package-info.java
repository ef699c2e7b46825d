/** Makes the AsyncAPI document of the shop from its contracts and from what its services do, and holds the kept one to it. */
@NullMarked
package postbus.shop.asyncapi;

import org.jspecify.annotations.NullMarked;
