/**
 * The way in over HTTP: {@code openapi.yaml} says what can be asked, is served, and is what every request is checked
 * against. A request that is as the contract says becomes one question or command to a service; every other one, and
 * every refusal of a service, is answered as a problem (RFC 9457).
 *
 * <p>Keeps nothing: what the gateway answers was committed by a service before. A 503 leaves open whether a command was
 * carried out, which is why commands that make something take an idempotency key.
 */
@NullMarked
package postbus.gateway;

import org.jspecify.annotations.NullMarked;
