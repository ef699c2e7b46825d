package postbus.contracts.ordering;

import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Command;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/**
 * Place an order. Asked for by request; answered with {@link OrderAccepted}; an unknown sku is refused.
 *
 * @param paymentToken what the payment provider knows the payer by; null for the default
 */
@Reply(OrderAccepted.class)
@Type("ordering.place-order.v1")
public record PlaceOrder(
        String customerId, List<Line> lines, @Nullable String paymentToken) implements Command {
    @Override
    public String key() {
        return customerId;
    }
}
