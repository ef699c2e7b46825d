package postbus.contracts;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.contracts.inventory.StockReceived;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReleased;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderShipped;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentRefunded;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.messaging.Event;
import postbus.messaging.MessageType;

/** The one list of what services tell each other and the world: every event in the contracts. */
public final class IntegrationEvents {
    public static final Set<MessageType> TYPES = Stream.<Class<? extends Event>>of(
                    ProductDefined.class,
                    ProductPriceChanged.class,
                    ProductRenamed.class,
                    StockReceived.class,
                    StockReserved.class,
                    StockRejected.class,
                    StockReleased.class,
                    OrderPlaced.class,
                    OrderConfirmed.class,
                    OrderPaid.class,
                    OrderShipped.class,
                    OrderCancelled.class,
                    PaymentTaken.class,
                    PaymentDeclined.class,
                    PaymentRefunded.class,
                    OrderDispatched.class,
                    DispatchStopped.class)
            .map(MessageType::of)
            .collect(Collectors.toUnmodifiableSet());

    private IntegrationEvents() {}
}
