package postbus.shop.asyncapi;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import postbus.contracts.Money;
import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.Product;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.ReceiveStock;
import postbus.contracts.inventory.ReleaseStock;
import postbus.contracts.inventory.ReserveStock;
import postbus.contracts.inventory.Shortage;
import postbus.contracts.inventory.StockLevel;
import postbus.contracts.inventory.StockReceived;
import postbus.contracts.inventory.StockRejected;
import postbus.contracts.inventory.StockReleased;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.notifications.RegisterWebhook;
import postbus.contracts.notifications.RemoveWebhook;
import postbus.contracts.notifications.Webhook;
import postbus.contracts.ordering.CancelOrder;
import postbus.contracts.ordering.Line;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderPlaced;
import postbus.contracts.ordering.OrderShipped;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.ordering.PricedLine;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentRefunded;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.payment.RefundPayment;
import postbus.contracts.payment.TakePayment;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.contracts.shipping.StopDispatch;

/** One order from the shelf to the carrier, and another that does not get there: an example of each message and reply. */
final class Samples {
    static final Instant AT = Instant.parse("2026-11-24T10:00:00.123456Z");

    private static final UUID ORDER = UUID.fromString("01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11");
    private static final UUID WEBHOOK = UUID.fromString("01980a3c-93a1-7c52-9d1f-2b6f0d3c7e22");
    private static final Money PRICE = new Money(1290, "EUR");
    private static final Money TOTAL = new Money(2580, "EUR");
    private static final List<OrderLine> RESERVED = List.of(new OrderLine("espresso", 2));
    private static final List<PricedLine> PRICED = List.of(new PricedLine("espresso", 2, PRICE));

    private static final Map<Class<?>, Object> BY_TYPE = Stream.<Object>of(
                    new DefineProduct("espresso", "Espresso beans", PRICE),
                    new Product("espresso", "Espresso beans", PRICE),
                    new ProductDefined("espresso", "Espresso beans", PRICE),
                    new ProductRenamed("espresso", "Espresso beans, dark"),
                    new ProductPriceChanged("espresso", new Money(1390, "EUR")),
                    new ReceiveStock("espresso", 24),
                    new StockLevel("espresso", 24, 2, 22),
                    new StockReceived("espresso", 24),
                    new PlaceOrder("c-4711", List.of(new Line("espresso", 2)), "tok_ok"),
                    new CancelOrder(ORDER),
                    new OrderAccepted(ORDER, "placed"),
                    new OrderPlaced(ORDER, "c-4711", PRICED, TOTAL, AT),
                    new ReserveStock(ORDER, RESERVED),
                    new StockReserved(ORDER),
                    new StockRejected(ORDER, List.of(new Shortage("espresso", 2, 1))),
                    new OrderConfirmed(ORDER, AT),
                    new TakePayment(ORDER, TOTAL, "tok_ok"),
                    new PaymentTaken(ORDER, TOTAL),
                    new PaymentDeclined(ORDER, "card declined"),
                    new OrderPaid(ORDER, "c-4711", PRICED, AT),
                    new OrderDispatched(ORDER, "PB-01980A3C93A1"),
                    new OrderShipped(ORDER, AT),
                    new StopDispatch(ORDER),
                    new DispatchStopped(ORDER),
                    new RefundPayment(ORDER),
                    new PaymentRefunded(ORDER, TOTAL),
                    new ReleaseStock(ORDER),
                    new StockReleased(ORDER, RESERVED),
                    new OrderCancelled(ORDER, "payment-declined", AT),
                    new RegisterWebhook("https://example.com/hooks/shop", List.of("ordering.order-placed.v1")),
                    new RemoveWebhook(WEBHOOK),
                    new Webhook(WEBHOOK, "https://example.com/hooks/shop", List.of("ordering.order-placed.v1"), null))
            .collect(Collectors.toMap(Object::getClass, Function.identity()));

    private Samples() {}

    static Object of(Class<?> type) {
        var sample = BY_TYPE.get(type);
        if (sample == null) {
            throw new AssertionError("the AsyncAPI document needs an example of " + type.getName() + " in Samples");
        }
        return sample;
    }
}
