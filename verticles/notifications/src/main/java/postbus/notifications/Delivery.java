package postbus.notifications;

import postbus.messaging.Envelope;

/**
 * An event on its way to one webhook.
 *
 * @param attempt the how-manieth time it is sent, from 1
 */
record Delivery(long deliveryId, int attempt, Envelope event) {}
