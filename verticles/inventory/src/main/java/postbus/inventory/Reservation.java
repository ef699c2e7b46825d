package postbus.inventory;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReleased;
import postbus.contracts.inventory.StockReserved;
import postbus.messaging.Event;

/**
 * What is promised to one order. It is decided upon once, and ends at most once:
 *
 * <pre>
 *   none --reserve--> reserved --release--> released
 *    |  \                 \-----ship------> shipped
 *    |   \--reserve--> rejected
 *    \-----release---> released      nothing was promised, and nothing will be
 * </pre>
 *
 * Every other step changes nothing and says nothing: what there was to say was said when the state was reached. So a
 * repeated wish is not decided a second time, and one that comes after its own release cannot leave goods promised to an
 * order that nobody will ever release again.
 *
 * @param lines what is promised, each sku once; empty unless it is or was reserved
 */
record Reservation(UUID orderId, State state, List<OrderLine> lines) {
    enum State {
        /** Nothing was asked for this order so far; never stored. */
        NONE,
        RESERVED,
        REJECTED,
        RELEASED,
        SHIPPED
    }

    /**
     * What is to be done.
     *
     * @param from the state left
     * @param reservation as it is afterwards
     * @param shelves those that change, as they are afterwards
     * @param events to be published
     */
    record Step(State from, Reservation reservation, List<Shelf> shelves, List<Event> events) {}

    static Reservation none(UUID orderId) {
        return new Reservation(orderId, State.NONE, List.of());
    }

    List<String> skus() {
        return lines.stream().map(OrderLine::sku).toList();
    }

    /** Promises all that is wanted, or nothing. */
    Optional<Step> reserve(Demand demand, Shelves shelves) {
        if (state != State.NONE) {
            return Optional.empty();
        }
        var shortages = shelves.shortages(demand);
        if (shortages.isEmpty()) {
            var wanted = demand.lines();
            return step(State.RESERVED, wanted, shelves.reserve(wanted), List.of(new StockReserved(orderId)));
        }
        return step(State.REJECTED, List.of(), List.of(), List.of(new StockRejected(orderId, shortages)));
    }

    /** Gives back what is promised. */
    Optional<Step> release(Shelves shelves) {
        return switch (state) {
            case RESERVED ->
                step(State.RELEASED, lines, shelves.release(lines), List.of(new StockReleased(orderId, lines)));
            case NONE -> step(State.RELEASED, List.of(), List.of(), List.of());
            case REJECTED, RELEASED, SHIPPED -> Optional.empty();
        };
    }

    /** What is promised has left the house. */
    Optional<Step> ship(Shelves shelves) {
        return state == State.RESERVED ? step(State.SHIPPED, lines, shelves.ship(lines), List.of()) : Optional.empty();
    }

    /** Whether it fits that the order's goods leave: they are promised, or have left already. */
    boolean canLeave() {
        return state == State.RESERVED || state == State.SHIPPED;
    }

    private Optional<Step> step(State next, List<OrderLine> nextLines, List<Shelf> shelves, List<Event> events) {
        return Optional.of(new Step(state, new Reservation(orderId, next, nextLines), shelves, events));
    }
}
