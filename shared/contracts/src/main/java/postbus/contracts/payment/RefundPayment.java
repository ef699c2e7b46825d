package postbus.contracts.payment;

import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Type;

/** Give back what was taken for an order, and take nothing for it any more. Answered by {@link PaymentRefunded} if something was taken, even when the provider says so only later. */
@Type("payment.refund-payment.v1")
public record RefundPayment(UUID orderId) implements Command {
    @Override
    public String key() {
        return orderId.toString();
    }
}
