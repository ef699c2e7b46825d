package postbus.ordering;

import java.util.Locale;

/**
 * How far an order is. The constants' names are stored in snapshots and deadlines.
 *
 * <pre>
 *   placed --stock reserved--> confirmed --payment taken--> paid --dispatched--> shipped
 *      |                           |                          |
 *      +---------------------------+--------------------------+--> cancelled
 * </pre>
 */
enum Stage {
    /** Waits for stock. */
    PLACED,
    /** Stock is reserved; waits for money. */
    CONFIRMED,
    /** Waits for the goods to leave, or, once its dispatch is to be stopped, for the answer to that. */
    PAID,
    /** Ended with the customer having the goods and the shop the money. */
    SHIPPED,
    /** Ended without goods; all that was reserved and taken goes back. */
    CANCELLED;

    /** As contracts spell it. */
    String status() {
        return name().toLowerCase(Locale.ROOT);
    }
}
