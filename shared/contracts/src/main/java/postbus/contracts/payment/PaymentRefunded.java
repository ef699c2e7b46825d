package postbus.contracts.payment;

import java.util.UUID;
import postbus.contracts.Money;
import postbus.messaging.Event;
import postbus.messaging.Type;

/** The money taken for an order was given back. */
@Type("payment.payment-refunded.v1")
public record PaymentRefunded(UUID orderId, Money amount) implements Event {
    @Override
    public String key() {
        return orderId.toString();
    }
}
