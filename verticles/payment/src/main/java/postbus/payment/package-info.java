/**
 * Takes money for orders, and gives it back. Of each order it takes money at most once, and what it took and is not
 * wanted any more it gives back, however often it is asked and whatever dies in between: every call of the provider
 * carries an idempotency key, and the state of a payment says what may follow ({@link postbus.payment.Payment}).
 *
 * <p>The provider is never called in a database transaction, nor while a message is handled: the handler writes down
 * what is to be done ({@link postbus.payment.PaymentVerticle}), the worker of any instance does it ({@link
 * postbus.payment.PaymentWorker}). When an answer comes is up to the provider; deadlines are ordering's.
 */
@NullMarked
package postbus.payment;

import org.jspecify.annotations.NullMarked;
