package postbus.contracts.payment;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.messaging.Command;
import postbus.messaging.Type;

/**
 * Take the money for an order, once. Answered by {@link PaymentTaken} or {@link PaymentDeclined}.
 *
 * @param paymentToken what the payment provider knows the payer by; null for the default
 */
@Type("payment.take-payment.v1")
public record TakePayment(
        UUID orderId, Money amount, @Nullable String paymentToken) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
