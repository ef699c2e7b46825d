/**
 * Who asks, and what they may do. {@link postbus.gateway.access.Access} makes a {@link postbus.gateway.access.Caller} of a
 * bearer token, a JWT that an issuer signed with a key that is public; {@link postbus.gateway.access.Rule} says what an
 * operation wants of a caller. Whoever is not let in gets a {@link postbus.gateway.access.Denial}.
 *
 * <p>What belongs to whom is not known here: that customers see their own orders only is for those who show orders.
 */
@NullMarked
package postbus.gateway.access;

import org.jspecify.annotations.NullMarked;
