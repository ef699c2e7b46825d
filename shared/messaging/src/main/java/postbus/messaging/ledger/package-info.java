/**
 * Cutting: every committed message gets the next position, exactly once, in an order in which no key is out of commit
 * order; and reading a lane from a position on.
 *
 * <p>What is new is decided by snapshot: visible now, not visible in the snapshot of the last cut. Not by a serial
 * number (a transaction that commits late would be skipped), not by transaction id (a transaction that took its id
 * early and waited for a lock would be put ahead of the one it waited for), and not by the oldest running transaction
 * (one that stays open would stop everybody).
 */
@NullMarked
package postbus.messaging.ledger;

import org.jspecify.annotations.NullMarked;
