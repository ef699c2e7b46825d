package postbus.bench.chaos;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Set;
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
import postbus.messaging.Envelope;
import postbus.messaging.MessageType;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Transaction;

/** Subscribes to every event there is and notes each application. It takes no care not to do so twice. */
final class AuditorVerticle extends ServiceVerticle {
    private static final String NOTE = """
            insert into application (source, message_id, type, key) values ($1, $2, $3, $4)
            """;

    /** A type that is missing here shows: its events are then applied no times. */
    private static final Set<MessageType> EVENTS = Stream.of(
                    ProductDefined.class,
                    ProductRenamed.class,
                    ProductPriceChanged.class,
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
            .collect(toUnmodifiableSet());

    AuditorVerticle(ServiceContext service) {
        super(service);
    }

    @Override
    protected void wire(Subscriptions on) {
        on.events(EVENTS, AuditorVerticle::note);
    }

    private static void note(Envelope event, Transaction tx) {
        tx.update(NOTE, event.source(), event.id(), event.type(), event.key());
    }
}
