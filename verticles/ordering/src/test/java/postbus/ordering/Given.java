package postbus.ordering;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.contracts.ordering.PricedLine;
import postbus.ordering.OrderEvent.Cancelled;
import postbus.ordering.OrderEvent.Confirmed;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderEvent.Paid;
import postbus.ordering.OrderEvent.Placed;
import postbus.ordering.OrderEvent.Shipped;
import postbus.ordering.OrderEvent.StopWanted;

/** Orders in every stage, by the events that lead there. */
final class Given {
    static final UUID ID = UUID.fromString("01930000-0000-7000-8000-000000000001");
    static final UUID DEADLINE = UUID.fromString("01930000-0000-7000-8000-00000000000d");
    static final Instant AT = Instant.parse("2026-05-04T10:00:00Z");
    static final Placed PLACED = new Placed(
            ID,
            "ada",
            List.of(new PricedLine("espresso", 2, new Money(250, "EUR"))),
            new Money(500, "EUR"),
            "tok_visa");

    private Given() {}

    static Order order(OrderEvent... events) {
        @Nullable Order order = null;
        for (var event : events) {
            order = Order.after(order, event);
        }
        return order;
    }

    static Order placed() {
        return order(PLACED, new DeadlineSet(DEADLINE));
    }

    static Order confirmed() {
        return order(PLACED, new Confirmed(), new DeadlineSet(DEADLINE));
    }

    static Order paid() {
        return order(PLACED, new Confirmed(), new Paid(), new DeadlineSet(DEADLINE));
    }

    static Order stopping(Reason reason) {
        return order(PLACED, new Confirmed(), new Paid(), new DeadlineSet(DEADLINE), new StopWanted(reason));
    }

    static Order shipped() {
        return order(PLACED, new Confirmed(), new Paid(), new Shipped());
    }

    static Order cancelled() {
        return order(PLACED, new Cancelled(Reason.OUT_OF_STOCK));
    }
}
