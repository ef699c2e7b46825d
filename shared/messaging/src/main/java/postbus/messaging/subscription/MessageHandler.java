package postbus.messaging.subscription;

import postbus.messaging.Envelope;
import postbus.messaging.transaction.Transaction;

/**
 * What a service does with a message of one type. On a virtual thread, inside the transaction that also moves the
 * cursor: returning means done, throwing means that nothing happened and that the message will come again.
 */
@FunctionalInterface
public interface MessageHandler {
    void handle(Envelope message, Transaction tx);
}
