package postbus.shipping;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an order is on its way out of the house:
 *
 * <pre>
 *   unknown --paid--> waiting --dispatch--> dispatched
 *       \                \-------stop-----> stopped
 *        \----------stop------------------> stopped    also when it is paid later
 * </pre>
 *
 * Dispatched and stopped are final, and each is reached from a state that can be left once. So exactly one of the two is
 * ever told.
 *
 * @param commandId the scheduled {@link DispatchOrder}; null when none was scheduled
 */
record Dispatch(UUID orderId, State state, @Nullable UUID commandId) {
    enum State {
        /** Shipping has not heard of the order; never stored. */
        UNKNOWN,
        WAITING,
        DISPATCHED,
        STOPPED
    }

    static Dispatch unknown(UUID orderId) {
        return new Dispatch(orderId, State.UNKNOWN, null);
    }

    boolean isUnknown() {
        return state == State.UNKNOWN;
    }

    /** It is being picked, and this command will dispatch it. Only for an unknown one. */
    Dispatch waiting(UUID commandId) {
        if (!isUnknown()) {
            throw new IllegalStateException("order " + orderId + " is already " + state);
        }
        return new Dispatch(orderId, State.WAITING, commandId);
    }

    /** The carrier has it; empty when it does not wait, so that nothing is to be done. */
    Optional<Dispatch> dispatched() {
        return switch (state) {
            case WAITING -> Optional.of(new Dispatch(orderId, State.DISPATCHED, commandId));
            case UNKNOWN, DISPATCHED, STOPPED -> Optional.empty();
        };
    }

    /** It stays here; empty when it is too late or was done before, so that nothing is to be done. */
    Optional<Dispatch> stopped() {
        return switch (state) {
            case UNKNOWN, WAITING -> Optional.of(new Dispatch(orderId, State.STOPPED, commandId));
            case DISPATCHED, STOPPED -> Optional.empty();
        };
    }
}
