package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import postbus.testkit.Await;

/** Two gateways, and clients that go from one to the other at any time: nothing that a client needs is in one of them. */
@Timeout(600)
@ExtendWith(Fleet.Extension.class)
class TwoGatewaysIT {
    private static final int PIECES = 1_000;
    private static final int ORDERS = 30;
    private static final int KILLED_AFTER = 11;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Fleet fleet;
    private List<String> addresses = List.of();
    private List<ShopClient> gateways = List.of();
    private String sku = "";

    TwoGatewaysIT(Fleet fleet) {
        this.fleet = fleet;
    }

    @BeforeEach
    void open() {
        addresses = fleet.gateways();
        gateways = addresses.stream().map(ShopClient::new).toList();
        sku = gateways.get(0).stock(PIECES, 100);
        gateways.get(0).settled(gateways.get(0).order(sku, 1, "")); // so ordering has heard of it
    }

    @Test
    void a_request_sent_again_at_the_other_gateway_is_answered_alike_and_done_once() {
        var key = UUID.randomUUID().toString();
        var first = gateways.get(0).post("/orders", order(sku), key);
        var again = gateways.get(1).post("/orders", order(sku), key);
        var other = gateways.get(1).post("/orders", order(sku).put("customerId", "c-2"), key);

        assertThat(first.status()).isEqualTo(202);
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.body().getString("type")).endsWith("idempotency-key-reused");
        assertThat(gateways.get(1).settled(first.body().getString("orderId")).getString("status"))
                .isEqualTo("shipped");
        gateways.get(0).awaitStock(sku, PIECES - 2, 0);
    }

    @Test
    void events_are_followed_by_turns_at_both_gateways_and_none_is_missed_or_told_twice() throws Exception {
        var order = gateways.get(0).order(sku, 1, "");
        var seen = new ArrayList<EventSource.Event>();
        var lastEventId = "";
        for (int turn = 0; seen.stream().noneMatch(TwoGatewaysIT::isShipped); turn++) {
            var at = addresses.get(turn % 2) + "/orders/" + order + "/events";
            try (var source = new EventSource(at, lastEventId)) {
                seen.addAll(source.until(event -> true));
                lastEventId = seen.get(seen.size() - 1).id();
            }
        }

        assertThat(seen.stream().map(event -> event.data().getString("id"))).doesNotHaveDuplicates();
        assertThat(seen.stream()
                        .filter(event -> event.data().getString("source").equals("ordering"))
                        .map(EventSource.Event::type))
                .containsExactly(
                        "ordering.order-placed.v1",
                        "ordering.order-confirmed.v1",
                        "ordering.order-paid.v1",
                        "ordering.order-shipped.v1");
    }

    @Test
    void both_show_operators_the_same() {
        var order = gateways.get(0).order(sku, 1, "");
        gateways.get(1).settled(order);
        for (var path : List.of(
                "/ops/messages?key=" + order,
                "/ops/decisions",
                "/ops/dead-letters",
                "/products?limit=5",
                "/orders?limit=5")) {
            Await.until(
                    path + " is the same at both", PATIENCE, () -> bodies(path).size() == 1);
        }
        awaitSame("/ops/nodes", body -> names(body.getJsonArray("nodes"), "id"));
        awaitSame("/ops/subscriptions", body -> names(body.getJsonArray("subscriptions"), "subscription"));
    }

    @Test
    void a_gateway_that_is_killed_loses_no_order_of_clients_that_ask_the_other() {
        var before = gateways.get(0).get("/stock/" + sku).body().getInteger("onHand");
        var placed = new ArrayList<String>();
        for (int nth = 0; nth < ORDERS; nth++) {
            if (nth == KILLED_AFTER) {
                Thread.startVirtualThread(fleet.node("gateway-2")::kill); // while it is asked
            }
            placed.add(placeByTurns(nth));
        }
        fleet.node("gateway-2").awaitExit(PATIENCE);
        fleet.start("gateway-2");

        assertThat(placed).doesNotHaveDuplicates();
        for (int nth = 0; nth < ORDERS; nth++) {
            assertThat(gateways.get(nth % 2).settled(placed.get(nth)).getString("status"))
                    .isEqualTo("shipped");
        }
        gateways.get(1).awaitStock(sku, before - ORDERS, 0);
        Books.requireBalance(fleet.databaseUrl());
    }

    /** At one, and where that does not answer at the other, under the same key. */
    private String placeByTurns(int nth) {
        var key = UUID.randomUUID().toString();
        var answer = gateways.get(nth % 2).post("/orders", order(sku), key);
        if (answer.status() == 0) {
            answer = gateways.get((nth + 1) % 2).post("/orders", order(sku), key);
        }
        assertThat(answer.status()).as("%s", answer).isEqualTo(202);
        return answer.body().getString("orderId");
    }

    private Set<JsonObject> bodies(String path) {
        return gateways.stream().map(gateway -> gateway.get(path).body()).collect(Collectors.toSet());
    }

    private void awaitSame(String path, Function<JsonObject, Set<String>> part) {
        Await.until(path + " is the same at both", PATIENCE, () -> {
            var parts = bodies(path).stream().map(part).collect(Collectors.toSet());
            return parts.size() == 1 && !parts.iterator().next().isEmpty();
        });
    }

    private static Set<String> names(JsonArray entries, String name) {
        return entries.stream()
                .map(entry -> ((JsonObject) entry).getString(name))
                .collect(Collectors.toSet());
    }

    private static JsonObject order(String sku) {
        var line = new JsonObject().put("sku", sku).put("quantity", 1);
        return new JsonObject().put("customerId", "c-1").put("lines", new JsonArray().add(line));
    }

    private static boolean isShipped(EventSource.Event event) {
        return event.type().equals("ordering.order-shipped.v1");
    }
}
