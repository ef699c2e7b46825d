package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.shop.EventSource.Event;

/** What the whole shop tells those who look on. */
@Timeout(90)
class LiveEventsTest {
    private static LocalShop shop;
    private static ShopClient client;

    @BeforeAll
    static void start() {
        shop = new LocalShop(Map.of());
        client = shop.client();
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void an_order_is_followed_from_its_beginning_to_its_end() throws Exception {
        var order = client.order(client.stock(5, 100), 1, "");
        try (var source = events("/orders/" + order + "/events", "")) {
            var seen = source.until(LiveEventsTest::isShipped);

            assertThat(seen).allSatisfy(event -> {
                assertThat(event.data().getString("subject")).isEqualTo(order);
                assertThat(event.data().getString("specversion")).isEqualTo("1.0");
            });
            assertThat(types(of("ordering", seen)))
                    .containsExactly(
                            "ordering.order-placed.v1",
                            "ordering.order-confirmed.v1",
                            "ordering.order-paid.v1",
                            "ordering.order-shipped.v1");
            assertThat(types(seen)).contains("inventory.stock-reserved.v1", "payment.payment-taken.v1");
        }
    }

    @Test
    void whoever_comes_again_gets_exactly_what_is_missing() throws Exception {
        var order = client.order(client.stock(5, 100), 1, "");
        List<Event> all;
        try (var source = events("/orders/" + order + "/events", "")) {
            all = source.until(LiveEventsTest::isShipped);
        }
        for (int had = 1; had < all.size(); had++) {
            try (var source =
                    events("/orders/" + order + "/events", all.get(had - 1).id())) {
                var missing = new HashSet<>(ids(all.subList(had, all.size())));
                var rest = source.until(event -> {
                    missing.remove(id(event));
                    return missing.isEmpty();
                });

                assertThat(ids(rest)).doesNotHaveDuplicates().doesNotContainAnyElementsOf(ids(all.subList(0, had)));
            }
        }
    }

    @Test
    void all_events_are_told_as_they_happen_and_after_an_absence() throws Exception {
        var sku = client.stock(5, 100);
        String placed;
        try (var source = events("/events?source=ordering", "")) {
            var order = client.order(sku, 1, "");
            var seen = source.until(event -> isShipped(event) && isAbout(order, event));
            assertThat(seen)
                    .allSatisfy(event ->
                            assertThat(event.data().getString("source")).isEqualTo("ordering"));
            placed = seen.get(0).id();
        }
        var missed = client.order(sku, 1, "");
        client.settled(missed);
        try (var source = events("/events?type=ordering.order-placed.v1&type=ordering.order-shipped.v1", placed)) {
            var seen = source.until(event -> isShipped(event) && isAbout(missed, event));

            assertThat(types(about(missed, seen)))
                    .containsExactly("ordering.order-placed.v1", "ordering.order-shipped.v1");
            assertThat(types(seen)).containsOnly("ordering.order-placed.v1", "ordering.order-shipped.v1");
        }
    }

    @Test
    void nobody_follows_an_order_that_is_not_there_or_from_where_no_event_was() {
        assertThat(client.get("/orders/" + UUID.randomUUID() + "/events").status())
                .isEqualTo(404);
        assertThat(client.get("/events?lastEventId=yesterday").status()).isEqualTo(422);
    }

    @Test
    void every_message_of_an_order_is_found_with_what_caused_it() {
        var order = client.order(client.stock(5, 100), 1, "");
        client.settled(order);

        var found = messages("/ops/messages?key=" + order);
        var placed = found.get("ordering.order-placed.v1");
        var tree = messages("/ops/messages/" + placed.getString("messageId") + "/tree");

        assertThat(found.keySet()).contains("inventory.reserve-stock.v1", "shipping.order-dispatched.v1");
        assertThat(tree.keySet()).containsAll(found.keySet());
        assertThat(placed.containsKey("causationId")).isFalse();
        assertThat(tree.get("inventory.stock-reserved.v1").getString("causationId"))
                .isEqualTo(tree.get("inventory.reserve-stock.v1").getString("messageId"));
        var whole = client.get("/ops/messages/" + placed.getString("messageId")).body();
        assertThat(new JsonObject(whole.getString("data")).getString("orderId")).isEqualTo(order);
    }

    @Test
    void the_newest_messages_come_page_by_page() {
        client.settled(client.order(client.stock(5, 100), 1, ""));

        var first = client.get("/ops/messages?limit=3").body();
        var second = client.get("/ops/messages?limit=3&after=" + first.getString("next"))
                .body();

        assertThat(first.getJsonArray("messages")).hasSize(3);
        assertThat(second.getJsonArray("messages")).isNotEmpty();
        assertThat(second.getJsonArray("messages")).doesNotContainAnyElementsOf(first.getJsonArray("messages"));
        assertThat(client.get("/ops/messages/" + UUID.randomUUID()).status()).isEqualTo(404);
    }

    private static Map<String, JsonObject> messages(String path) {
        return client.get(path).body().getJsonArray("messages", new JsonArray()).stream()
                .map(JsonObject.class::cast)
                .collect(Collectors.toMap(message -> message.getString("type"), message -> message, (a, b) -> a));
    }

    private static EventSource events(String path, String lastEventId) throws Exception {
        return new EventSource(shop.address() + path, lastEventId);
    }

    private static boolean isShipped(Event event) {
        return event.type().equals("ordering.order-shipped.v1");
    }

    private static boolean isAbout(String order, Event event) {
        return event.data().getString("subject").equals(order);
    }

    private static List<Event> about(String order, List<Event> events) {
        return events.stream().filter(event -> isAbout(order, event)).toList();
    }

    private static List<Event> of(String source, List<Event> events) {
        return events.stream()
                .filter(event -> event.data().getString("source").equals(source))
                .toList();
    }

    private static List<String> types(List<Event> events) {
        return events.stream().map(Event::type).toList();
    }

    private static List<String> ids(List<Event> events) {
        return events.stream().map(LiveEventsTest::id).toList();
    }

    private static String id(Event event) {
        return event.data().getString("id");
    }
}
