package postbus.shipping;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import postbus.contracts.Money;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.PricedLine;
import postbus.contracts.shipping.StopDispatch;
import postbus.messaging.Envelope;
import postbus.messaging.transaction.Cause;
import postbus.testkit.TestNode;

/** Ordering, as far as shipping notices it. */
record Orders(TestNode node) {
    static OrderPaid paidEvent(UUID order) {
        return new OrderPaid(
                order,
                "customer-1",
                List.of(new PricedLine("espresso", 1, new Money(1_250, "EUR"))),
                Instant.parse("2026-01-01T00:00:00Z"));
    }

    void paid(UUID order) {
        node.as("ordering").run(Cause.none(), tx -> tx.publish(paidEvent(order)));
    }

    void stop(UUID order) {
        node.as("ordering").run(Cause.none(), tx -> tx.send(new StopDispatch(order)));
    }

    /** What shipping published about the order: the types, in order. */
    List<String> told(UUID order) {
        return node.messages("shipping").stream()
                .filter(message -> message.key().equals(order.toString()) && !message.isCommand())
                .map(Envelope::type)
                .toList();
    }
}
