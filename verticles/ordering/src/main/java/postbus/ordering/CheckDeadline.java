package postbus.ordering;

import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Type;

/** See whether an order is still in the stage it should have left by now. Ordering sends it to itself, for later. */
@Type("ordering.check-deadline.v1")
record CheckDeadline(UUID orderId, Stage stage) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
