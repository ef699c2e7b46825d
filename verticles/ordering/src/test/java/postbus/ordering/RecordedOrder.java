package postbus.ordering;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Command;
import postbus.messaging.Event;
import postbus.messaging.Message;
import postbus.ordering.OrderEvent.DeadlineSet;
import postbus.ordering.OrderProcess.Effect;

/** An order in memory with all that was recorded, sent and scheduled for it, as the service would do it. */
final class RecordedOrder {
    private static final OrderProcess PROCESS =
            new OrderProcess(new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)));

    final List<OrderEvent> events = new ArrayList<>();
    final List<Message> sent = new ArrayList<>();
    final Map<UUID, CheckDeadline> scheduled = new LinkedHashMap<>();
    private final Consumer<Message> outbox;
    private @Nullable Order order;

    RecordedOrder(Consumer<Message> outbox) {
        this.outbox = outbox;
        record(Given.PLACED);
    }

    Order order() {
        return order;
    }

    void decide(Function<Order, List<OrderEvent>> decision) {
        decision.apply(order).forEach(this::record);
    }

    <M extends Message> List<M> sent(Class<M> type) {
        return sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private void record(OrderEvent event) {
        var effects = PROCESS.follow(order, event, Given.AT);
        fold(event);
        for (var effect : effects) {
            switch (effect) {
                case Effect.Publish(Event said) -> send(said);
                case Effect.Send(Command command) -> send(command);
                case Effect.WithdrawDeadline(UUID id) -> scheduled.remove(id);
                case Effect.SetDeadline deadline -> {
                    var id = UUID.randomUUID();
                    scheduled.put(id, deadline.command());
                    fold(new DeadlineSet(id));
                }
            }
        }
    }

    private void fold(OrderEvent event) {
        events.add(event);
        order = Order.after(order, event);
    }

    private void send(Message message) {
        sent.add(message);
        outbox.accept(message);
    }
}
