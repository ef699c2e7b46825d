package postbus.contracts.payment;

import java.util.UUID;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** The provider refused to take the money for an order. */
@Type("payment.payment-declined.v1")
public record PaymentDeclined(UUID orderId, String reason) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
