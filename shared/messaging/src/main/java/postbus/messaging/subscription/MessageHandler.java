package postbus.messaging.subscription;

import postbus.messaging.Envelope;
import postbus.messaging.transaction.Transaction;

/**
 * What a service does with a message of one type. On a virtual thread, inside the transaction that also moves the
 * cursor or unparks the message: what it throws, and an outcome that is not done, mean that nothing happened.
 */
@FunctionalInterface
public interface MessageHandler {
    Outcome handle(Envelope message, Transaction tx);
}
