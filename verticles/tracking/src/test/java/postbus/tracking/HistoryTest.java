package postbus.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import postbus.contracts.ordering.HistoryEntry;

class HistoryTest {
    private static final Instant NOON = Instant.parse("2026-05-04T12:00:00Z");

    @Test
    void the_status_is_what_ordering_said_last() {
        assertThat(status("ordering.order-placed.v1")).isEqualTo("placed");
        assertThat(status("ordering.order-placed.v1", "ordering.order-confirmed.v1"))
                .isEqualTo("confirmed");
        assertThat(status("ordering.order-placed.v1", "ordering.order-confirmed.v1", "ordering.order-paid.v1"))
                .isEqualTo("paid");
        assertThat(status(
                        "ordering.order-placed.v1",
                        "ordering.order-confirmed.v1",
                        "ordering.order-paid.v1",
                        "ordering.order-shipped.v1"))
                .isEqualTo("shipped");
        assertThat(status("ordering.order-placed.v1", "ordering.order-cancelled.v1"))
                .isEqualTo("cancelled");
    }

    @Test
    void what_other_services_say_is_history_and_no_status() {
        assertThat(status(
                        "ordering.order-placed.v1",
                        "inventory.stock-reserved.v1",
                        "payment.payment-taken.v1",
                        "shipping.order-dispatched.v1"))
                .isEqualTo("placed");
        assertThat(History.of(List.of(fact("inventory.stock-reserved.v1", 0, null)))
                        .status())
                .isEmpty();
    }

    @Test
    void a_cancelled_order_says_why() {
        assertThat(History.of(List.of(
                                fact("ordering.order-placed.v1", 0, null),
                                fact("ordering.order-cancelled.v1", 1, "out-of-stock")))
                        .reason())
                .isEqualTo("out-of-stock");
        assertThat(History.of(List.of(fact("ordering.order-placed.v1", 0, null)))
                        .reason())
                .isNull();
    }

    @Test
    void entries_are_in_order_of_time() {
        var history = History.of(List.of(
                fact("ordering.order-confirmed.v1", 2, null),
                fact("ordering.order-placed.v1", 0, null),
                fact("inventory.stock-reserved.v1", 1, null)));

        assertThat(history.entries())
                .containsExactly(
                        new HistoryEntry("ordering.order-placed.v1", NOON),
                        new HistoryEntry("inventory.stock-reserved.v1", NOON.plusSeconds(1)),
                        new HistoryEntry("ordering.order-confirmed.v1", NOON.plusSeconds(2)));
    }

    @Test
    void entries_of_the_same_time_are_in_the_order_of_a_usual_life() {
        var history = History.of(List.of(
                fact("inventory.stock-released.v1", 0, null),
                fact("ordering.order-cancelled.v1", 0, null),
                fact("payment.payment-taken.v1", 0, null),
                fact("ordering.order-placed.v1", 0, null)));

        assertThat(history.entries())
                .extracting(HistoryEntry::type)
                .containsExactly(
                        "ordering.order-placed.v1",
                        "payment.payment-taken.v1",
                        "ordering.order-cancelled.v1",
                        "inventory.stock-released.v1");
    }

    @Test
    void a_clock_that_runs_ahead_does_not_change_the_status() {
        var history = History.of(
                List.of(fact("ordering.order-placed.v1", 60, null), fact("ordering.order-confirmed.v1", 0, null)));

        assertThat(history.status()).contains("confirmed");
    }

    @Test
    void types_of_a_newer_version_come_last_and_are_no_status() {
        var history =
                History.of(List.of(fact("ordering.order-lost.v1", 0, null), fact("ordering.order-placed.v1", 0, null)));

        assertThat(history.status()).contains("placed");
        assertThat(history.entries())
                .extracting(HistoryEntry::type)
                .containsExactly("ordering.order-placed.v1", "ordering.order-lost.v1");
    }

    @Test
    void the_same_facts_in_any_order_make_the_same_history() {
        var seed = Long.getLong("seed", System.nanoTime());
        System.out.println("HistoryTest -Dseed=" + seed);
        var random = new Random(seed);
        var facts = new ArrayList<Fact>();
        for (var type : History.types()) {
            facts.add(fact(type.toString(), random.nextInt(3), null));
            facts.add(fact(type.toString(), random.nextInt(3), null));
        }
        var history = History.of(facts);

        for (int i = 0; i < 200; i++) {
            Collections.shuffle(facts, random);
            assertThat(History.of(facts)).isEqualTo(history);
        }
    }

    private static String status(String... types) {
        return History.of(Arrays.stream(types).map(type -> fact(type, 0, null)).toList())
                .status()
                .orElseThrow();
    }

    private static Fact fact(String type, int second, String reason) {
        return new Fact(UUID.randomUUID(), type, NOON.plusSeconds(second), reason);
    }
}
