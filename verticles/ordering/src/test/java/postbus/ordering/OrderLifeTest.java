package postbus.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import postbus.contracts.inventory.ReleaseStock;
import postbus.contracts.inventory.ReserveStock;
import postbus.contracts.ordering.OrderCancelled;
import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.ordering.OrderShipped;
import postbus.contracts.payment.RefundPayment;
import postbus.contracts.payment.TakePayment;
import postbus.contracts.shipping.StopDispatch;
import postbus.messaging.Message;
import postbus.messaging.Refusal;
import postbus.ordering.OrderEvent.Cancelled;

/**
 * Whole lives of orders, by chance. The seed is printed; {@code -Dseed=…} plays it again.
 */
class OrderLifeTest {
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int LIVES = 4_000;

    private static final Map<Stage, Set<Stage>> NEXT = Map.of(
            Stage.PLACED, EnumSet.of(Stage.CONFIRMED, Stage.CANCELLED),
            Stage.CONFIRMED, EnumSet.of(Stage.PAID, Stage.CANCELLED),
            Stage.PAID, EnumSet.of(Stage.SHIPPED, Stage.CANCELLED),
            Stage.SHIPPED, Set.of(),
            Stage.CANCELLED, Set.of());

    private static final List<Function<Order, List<OrderEvent>>> INPUTS = List.of(
            Order::stockReserved,
            Order::stockRejected,
            Order::paymentTaken,
            Order::paymentDeclined,
            Order::dispatched,
            Order::dispatchStopped,
            OrderLifeTest::cancel,
            order -> order.deadlinePassed(Stage.PLACED),
            order -> order.deadlinePassed(Stage.CONFIRMED),
            order -> order.deadlinePassed(Stage.PAID));

    /** What comes in makes no sense together: the worst the neighbours could do. */
    @Test
    void no_sequence_of_inputs_leaves_the_state_machine_or_settles_twice() {
        var random = random();
        for (int life = 0; life < LIVES; life++) {
            var recorded = new RecordedOrder(message -> {});
            for (int step = 0; step < 25; step++) {
                recorded.decide(INPUTS.get(random.nextInt(INPUTS.size())));
            }

            assertThat(stages(recorded.events))
                    .as("stages of %s", recorded.events)
                    .allSatisfy(step -> assertThat(NEXT.get(step.from())).contains(step.to()));
            assertSettledBySaying(recorded);
        }
    }

    /** The neighbours behave, in any order and with any delay; deadlines pass and the customer cancels at any time. */
    @Test
    void every_order_ends_with_goods_and_money_exchanged_or_with_neither() {
        var random = random();
        var ends = new HashSet<String>();
        for (int life = 0; life < LIVES; life++) {
            var world = new World(random);
            var order = world.live();

            assertThat(order.order().stage()).as("end of %s", order.events).isIn(Stage.SHIPPED, Stage.CANCELLED);
            var isShipped = order.order().stage() == Stage.SHIPPED;
            assertThat(world.isStockHeld).as("stock after %s", order.events).isEqualTo(isShipped);
            assertThat(world.isMoneyHeld).as("money after %s", order.events).isEqualTo(isShipped);
            assertThat(world.isDispatched).as("dispatch after %s", order.events).isEqualTo(isShipped);
            ends.add(order.order().stage() + " " + order.order().reason());
        }
        assertThat(ends)
                .as("every end is reached")
                .containsExactlyInAnyOrder(
                        "SHIPPED null",
                        "CANCELLED OUT_OF_STOCK",
                        "CANCELLED PAYMENT_DECLINED",
                        "CANCELLED CANCELLED_BY_CUSTOMER",
                        "CANCELLED DEADLINE_PASSED");
    }

    private static Random random() {
        System.out.println("OrderLifeTest -Dseed=" + SEED);
        return new Random(SEED);
    }

    private static List<OrderEvent> cancel(Order order) {
        try {
            return order.cancel();
        } catch (Refusal shipped) {
            return List.of();
        }
    }

    private record Step(Stage from, Stage to) {}

    private static List<Step> stages(List<OrderEvent> events) {
        var steps = new ArrayList<Step>();
        @Nullable Order order = null;
        for (var event : events) {
            var next = Order.after(order, event);
            if (order != null && next.stage() != order.stage()) {
                steps.add(new Step(order.stage(), next.stage()));
            }
            order = next;
        }
        return steps;
    }

    private static void assertSettledBySaying(RecordedOrder recorded) {
        var cancelled = recorded.events.stream()
                .filter(Cancelled.class::isInstance)
                .map(Cancelled.class::cast)
                .findFirst();
        var isMoneyAsked = !recorded.sent(TakePayment.class).isEmpty();
        var isReleased = cancelled.isPresent() && cancelled.get().reason() != Reason.OUT_OF_STOCK;
        var isRefunded =
                cancelled.isPresent() && isMoneyAsked && cancelled.get().reason() != Reason.PAYMENT_DECLINED;
        assertThat(recorded.sent(ReserveStock.class)).hasSize(1);
        assertThat(recorded.sent(TakePayment.class)).hasSizeLessThan(2);
        assertThat(recorded.sent(StopDispatch.class)).hasSizeLessThan(2);
        assertThat(recorded.sent(ReleaseStock.class)).hasSize(isReleased ? 1 : 0);
        assertThat(recorded.sent(RefundPayment.class)).hasSize(isRefunded ? 1 : 0);
        assertThat(recorded.sent(OrderCancelled.class)).hasSize(cancelled.isPresent() ? 1 : 0);
        assertThat(recorded.sent(OrderShipped.class)).hasSize(recorded.order().stage() == Stage.SHIPPED ? 1 : 0);
        assertThat(recorded.scheduled.keySet())
                .isEqualTo(
                        recorded.order().deadlineId() == null
                                ? Set.of()
                                : Set.of(recorded.order().deadlineId()));
    }

    /** Inventory, payment and shipping as their contracts promise, each with its own queue in and out. */
    private static final class World {
        private final Random random;
        private final Deque<Message> toInventory = new ArrayDeque<>();
        private final Deque<Message> toPayment = new ArrayDeque<>();
        private final Deque<Message> toShipping = new ArrayDeque<>();
        private final Deque<Function<Order, List<OrderEvent>>> fromInventory = new ArrayDeque<>();
        private final Deque<Function<Order, List<OrderEvent>>> fromPayment = new ArrayDeque<>();
        private final Deque<Function<Order, List<OrderEvent>>> fromShipping = new ArrayDeque<>();
        private final Deque<Function<Order, List<OrderEvent>>> fromItself = new ArrayDeque<>();
        private final RecordedOrder order;
        private final boolean isDeadlineLikely;
        private int cancelsLeft;
        private boolean isProviderBusy;
        private boolean isRefundWanted;
        private boolean isPicking;
        boolean isStockHeld;
        boolean isMoneyHeld;
        boolean isDispatched;

        World(Random random) {
            this.random = random;
            this.isDeadlineLikely = random.nextInt(3) == 0;
            this.cancelsLeft = random.nextInt(3) == 0 ? 2 : 0;
            this.order = new RecordedOrder(this::route);
        }

        RecordedOrder live() {
            while (true) {
                var possible = possible();
                if (possible.isEmpty()) {
                    return order;
                }
                possible.get(random.nextInt(possible.size())).run();
            }
        }

        private List<Runnable> possible() {
            var possible = new ArrayList<Runnable>();
            ifAny(toInventory, possible, () -> inventory(toInventory.remove()));
            ifAny(toPayment, possible, () -> payment(toPayment.remove()));
            ifAny(toShipping, possible, () -> shipping(toShipping.remove()));
            for (var from : List.of(fromInventory, fromPayment, fromShipping, fromItself)) {
                ifAny(from, possible, () -> order.decide(from.remove()));
            }
            if (isProviderBusy) {
                possible.add(this::providerAnswers);
            }
            if (isPicking) {
                possible.add(this::dispatch);
            }
            if (cancelsLeft > 0) {
                possible.add(() -> {
                    cancelsLeft--;
                    order.decide(OrderLifeTest::cancel);
                });
            }
            if (!order.scheduled.isEmpty() && (isDeadlineLikely || possible.isEmpty())) {
                possible.add(this::deadlineFires);
            }
            return possible;
        }

        private static void ifAny(Deque<?> queue, List<Runnable> possible, Runnable step) {
            if (!queue.isEmpty()) {
                possible.add(step);
            }
        }

        private void route(Message message) {
            switch (message) {
                case ReserveStock command -> toInventory.add(command);
                case ReleaseStock command -> toInventory.add(command);
                case TakePayment command -> toPayment.add(command);
                case RefundPayment command -> toPayment.add(command);
                case StopDispatch command -> toShipping.add(command);
                case OrderPaid event -> toShipping.add(event);
                default -> {}
            }
        }

        private void inventory(Message message) {
            if (message instanceof ReleaseStock) {
                isStockHeld = false;
            } else if (random.nextInt(5) == 0) {
                fromInventory.add(Order::stockRejected);
            } else {
                isStockHeld = true;
                fromInventory.add(Order::stockReserved);
            }
        }

        private void payment(Message message) {
            if (message instanceof TakePayment) {
                isProviderBusy = true;
            } else {
                isRefundWanted = isProviderBusy;
                isMoneyHeld = false;
            }
        }

        private void providerAnswers() {
            isProviderBusy = false;
            if (random.nextInt(5) == 0) {
                fromPayment.add(Order::paymentDeclined);
            } else {
                isMoneyHeld = !isRefundWanted;
                fromPayment.add(Order::paymentTaken);
            }
        }

        private void shipping(Message message) {
            if (message instanceof OrderPaid) {
                isPicking = true;
            } else if (isPicking) {
                isPicking = false;
                fromShipping.add(Order::dispatchStopped);
            }
        }

        private void dispatch() {
            isPicking = false;
            isDispatched = true;
            fromShipping.add(Order::dispatched);
        }

        /** Once sent it cannot be withdrawn any more, and comes after whatever else comes meanwhile. */
        private void deadlineFires() {
            var fired =
                    order.scheduled.remove(order.scheduled.keySet().iterator().next());
            fromItself.add(order -> order.deadlinePassed(fired.stage()));
        }
    }
}
