package postbus.ordering;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import postbus.contracts.Money;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.inventory.StockReserved;
import postbus.contracts.ordering.CancelOrder;
import postbus.contracts.ordering.GetOrder;
import postbus.contracts.ordering.Line;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderConfirmed;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.payment.PaymentTaken;
import postbus.contracts.shipping.OrderDispatched;
import postbus.messaging.Envelope;
import postbus.messaging.Event;
import postbus.messaging.transaction.Cause;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** Ordering, running, and its neighbours as far as a test lets them speak. */
final class Neighbourhood implements AutoCloseable {
    static final Money TOTAL = new Money(500, "EUR");
    static final PlaceOrder TWO_ESPRESSI = new PlaceOrder("ada", List.of(new Line("espresso", 2)), "tok_visa");

    final TestNode node;

    /** Returns when ordering listens to each neighbour. */
    Neighbourhood(Map<String, String> settings) {
        node = TestNode.start(settings, OrderingMain.SERVICE);
        say("catalog", new ProductDefined("espresso", "Espresso", new Money(250, "EUR")));
        say("catalog", new ProductDefined("kettle", "Kettle", new Money(4_500, "USD")));
        until(
                "products known",
                () -> node.sql("ordering")
                                .find("select count(*) as n from product", row -> row.getInteger("n"))
                                .orElseThrow()
                        == 2);
        for (var neighbour : List.of("inventory", "payment", "shipping")) {
            node.as(neighbour);
            until(
                    "listening to " + neighbour,
                    () -> !node.sql("ordering")
                            .list(
                                    "select lane from subscription_cursor where source = $1",
                                    row -> row.getInteger(0),
                                    neighbour)
                            .isEmpty());
        }
    }

    void say(String source, Event event) {
        node.as(source).run(Cause.none(), tx -> tx.publish(event));
    }

    /** Says something that must change nothing, and waits until it is applied. */
    void sayInVain(String source, Event event) {
        say(source, event);
        node.settled();
    }

    UUID placed() {
        return node.ask(TWO_ESPRESSI, OrderAccepted.class).orderId();
    }

    UUID confirmed() {
        var id = placed();
        say("inventory", new StockReserved(id));
        node.awaitMessage(
                "ordering", OrderConfirmed.class, event -> event.orderId().equals(id));
        return id;
    }

    UUID paid() {
        var id = confirmed();
        say("payment", new PaymentTaken(id, TOTAL));
        node.awaitMessage("ordering", OrderPaid.class, event -> event.orderId().equals(id));
        return id;
    }

    UUID shipped() {
        var id = paid();
        say("shipping", new OrderDispatched(id, "PB-1"));
        awaitStatus(id, "shipped");
        return id;
    }

    String cancel(UUID id) {
        return node.ask(new CancelOrder(id), OrderAccepted.class).status();
    }

    OrderView order(UUID id) {
        return node.ask(new GetOrder(id), OrderView.class);
    }

    OrderView awaitStatus(UUID id, String status) {
        until("order " + status, () -> order(id).status().equals(status));
        return order(id);
    }

    /** The types of all that ordering said about an order, in order. */
    List<String> said(UUID id) {
        return node.messages("ordering").stream()
                .filter(message -> message.key().equals(id.toString()))
                .map(Envelope::type)
                .toList();
    }

    /** Commands for this order that are scheduled and not withdrawn. */
    List<String> waiting(UUID id) {
        return node.sql("ordering")
                .list(
                        "select convert_from(data, 'UTF8') as data from scheduled where key = $1",
                        row -> row.getString("data"),
                        id.toString());
    }

    private static void until(String what, java.util.function.Supplier<Boolean> condition) {
        Await.until(what, Duration.ofSeconds(10), condition);
    }

    @Override
    public void close() {
        node.close();
    }
}
