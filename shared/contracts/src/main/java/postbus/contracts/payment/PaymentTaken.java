package postbus.contracts.payment;

import java.util.UUID;
import postbus.contracts.Money;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** The money for an order was taken. */
@Type("payment.payment-taken.v1")
public record PaymentTaken(UUID orderId, Money amount) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
