package postbus.node.work;

import java.time.Duration;
import java.util.List;

/**
 * A table as a {@link LeasedWorker} sees it. Called on virtual threads, each call is a transaction of its own; what it
 * throws is logged and tried again with the next poll.
 *
 * <p>Leases of all instances should be measured by one clock, that of the database.
 */
public interface LeasedQueue<T> {
    /**
     * Takes items that are due and not leased, the longest due first, and leases them from now on. Two calls at once
     * never take the same item. Fewer items than {@code max} means that no more is due, as far as can be seen: what
     * somebody else has locked just now is left for the next poll.
     */
    List<T> take(int max, Duration lease);

    /** Leases items that are still in hand anew, from now on; those that are gone or done are passed over. */
    void renew(List<T> items, Duration lease);
}
