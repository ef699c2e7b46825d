package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static postbus.gateway.Api.line;
import static postbus.gateway.Api.order;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PricedLine;

@ExtendWith(Shop.Extension.class)
class OrdersTest {
    private final Shop shop;
    private final Api api;

    OrdersTest(Shop shop) {
        this.shop = shop;
        this.api = shop.api;
    }

    // Placing

    @Test
    void an_order_is_accepted_and_says_where_to_find_it() {
        var reply = api.post("/orders", order("c-1", line("espresso", 2), line("grinder", 1)));

        assertThat(reply.status()).isEqualTo(202);
        var orderId = UUID.fromString(reply.json().getString("orderId"));
        assertThat(reply.json()).isEqualTo(JsonObject.of("orderId", orderId.toString(), "status", "placed"));
        assertThat(reply.header("Location")).isEqualTo("/orders/" + orderId);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
        assertThat(shop.orders.get(orderId).lines())
                .extracting(PricedLine::sku, PricedLine::quantity)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("espresso", 2),
                        org.assertj.core.groups.Tuple.tuple("grinder", 1));
    }

    @Test
    void the_same_request_under_the_same_key_is_one_order() {
        var key = UUID.randomUUID().toString();
        var first = api.post("/orders", order("c-same", line("espresso", 2)), "Idempotency-Key", key);
        var second = api.post("/orders", order("c-same", line("espresso", 2)), "Idempotency-Key", key);

        assertThat(second.status()).isEqualTo(202);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(ordersOf("c-same")).hasSize(1);
    }

    @Test
    void white_space_and_the_order_of_fields_do_not_make_another_request() {
        var key = UUID.randomUUID().toString();
        var first = api.call(
                "POST",
                "/orders",
                "{\"customerId\":\"c-2\",\"lines\":[{\"sku\":\"espresso\",\"quantity\":2}]}",
                "Idempotency-Key",
                key);
        var second = api.call(
                "POST",
                "/orders",
                "{ \"lines\" : [ {\"quantity\": 2.0,\n\"sku\": \"espresso\"} ], \"customerId\" : \"c\\u002d2\" }\n",
                "Idempotency-Key",
                key);

        assertThat(first.status()).isEqualTo(202);
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void the_same_key_with_another_body_is_refused() {
        var key = UUID.randomUUID().toString();
        api.post("/orders", order("c-3", line("espresso", 2)), "Idempotency-Key", key);
        var reply = api.post("/orders", order("c-3", line("espresso", 3)), "Idempotency-Key", key);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/idempotency-key-reused");
    }

    @Test
    void a_refusal_is_repeated_under_its_key() {
        var key = UUID.randomUUID().toString();
        var first = api.post("/orders", order("c-3", line("not-yet", 1)), "Idempotency-Key", key);
        shop.products.put("not-yet", shop.products.get("espresso"));
        var second = api.post("/orders", order("c-3", line("not-yet", 1)), "Idempotency-Key", key);
        shop.products.remove("not-yet");

        assertThat(first.status()).isEqualTo(422);
        assertThat(second.status()).isEqualTo(422);
        assertThat(errors(second)).isEqualTo(errors(first));
    }

    @Test
    void without_a_key_each_request_is_a_new_order() {
        api.post("/orders", order("c-twice", line("espresso", 2)));
        api.post("/orders", order("c-twice", line("espresso", 2)));

        assertThat(ordersOf("c-twice")).hasSize(2);
    }

    @Test
    void keys_that_look_like_something_else_are_text_and_kept_apart() {
        var run = UUID.randomUUID().toString().substring(0, 8);
        var orderIds = new ArrayList<String>();
        for (var key :
                List.of("1.5", "15e-1", "true", "null", "a+b", "a%20b", "a%2Bb", "\"quoted\"", "quoted", "{}", "%zz")) {
            var reply = api.post("/orders", order("c-4", line("espresso", 1)), "Idempotency-Key", key + run);
            assertThat(reply.status()).as(key).isEqualTo(202);
            orderIds.add(reply.json().getString("orderId"));
        }
        assertThat(orderIds).doesNotHaveDuplicates();
        assertThat(api.post("/orders", order("c-4", line("espresso", 1)), "Idempotency-Key", "1.5")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void a_key_has_at_most_255_characters() {
        assertThat(api.post("/orders", order("c-5", line("espresso", 1)), "Idempotency-Key", "k".repeat(255))
                        .status())
                .isEqualTo(202);

        var reply = api.post("/orders", order("c-5", line("espresso", 1)), "Idempotency-Key", "k".repeat(256));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply))
                .containsExactly(
                        Map.of("parameter", "Idempotency-Key", "detail", "must have 1 to 255 characters, has 256"));
    }

    @Test
    void a_key_has_at_least_one_character() {
        var reply = api.post("/orders", order("c-5", line("espresso", 1)), "Idempotency-Key", "");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply))
                .containsExactly(
                        Map.of("parameter", "Idempotency-Key", "detail", "must have 1 to 255 characters, has 0"));
    }

    @Test
    void a_key_has_no_spaces() {
        var reply = api.post("/orders", order("c-5", line("espresso", 1)), "Idempotency-Key", "a b");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply))
                .containsExactly(Map.of(
                        "parameter",
                        "Idempotency-Key",
                        "detail",
                        "must be 1 to 255 visible ASCII characters without spaces, is 'a b'"));
    }

    @Test
    void an_unknown_sku_is_named_where_it_stands() {
        var reply = api.post("/orders", order("c-6", line("espresso", 1), line("unheard-of", 1)));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/invalid");
        assertThat(reply.json().getString("detail")).isEqualTo("no product 'unheard-of'");
        assertThat(errors(reply))
                .containsExactly(Map.of("pointer", "/lines/1/sku", "detail", "no product 'unheard-of'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':0}]}|/lines/0/quantity|must be at least 1, is 0",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':-7}]}|/lines/0/quantity|must be at least 1, is -7",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':1000001}]}|/lines/0/quantity|must be at most 1000000, is 1000001",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':99999999999999999999}]}|/lines/0/quantity|must be at most 1000000, is 99999999999999999999",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':1.5}]}|/lines/0/quantity|must be a whole number, is 1.5",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':1e400}]}|/lines/0/quantity|must be a whole number, is Infinity",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':'2'}]}|/lines/0/quantity|must be a whole number, is '2'",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':null}]}|/lines/0/quantity|must be a whole number, is null",
                "{'customerId':'c','lines':[{'sku':'espresso'}]}|/lines/0/quantity|is missing",
                "{'customerId':'c','lines':[{'sku':'Espresso','quantity':1}]}|/lines/0/sku|must be lower-case letters, digits, dots, underscores and hyphens, beginning with a letter or digit, is 'Espresso'",
                "{'customerId':'c','lines':[{'sku':7,'quantity':1}]}|/lines/0/sku|must be text, is 7",
                "{'customerId':'c','lines':['espresso']}|/lines/0|must be an object, is 'espresso'",
                "{'customerId':'c','lines':[]}|/lines|must have 1 to 100 entries, has 0",
                "{'customerId':'c','lines':{}}|/lines|must be a list, is an object",
                "{'customerId':'c'}|/lines|is missing",
                "{'customerId':'','lines':[{'sku':'espresso','quantity':1}]}|/customerId|must have 1 to 255 characters, has 0",
                "{'customerId':' ','lines':[{'sku':'espresso','quantity':1}]}|/customerId|must be text on one line that is not blank, is ' '",
                "{'customerId':['c'],'lines':[{'sku':'espresso','quantity':1}]}|/customerId|must be text, is a list",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':1}],'paymentToken':null}|/paymentToken|must be text, is null",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':1}],'coupon':'x'}|/coupon|is not known here; known are customerId, lines, paymentToken",
                "{'customerId':'c','lines':[{'sku':'espresso','quantity':1,'a/b~ c%':1}]}|/lines/0/a~1b~0 c%|is not known here; known are sku, quantity",
            })
    void a_wrong_field_is_named_with_its_value_and_what_it_must_be(String body, String pointer, String detail) {
        var reply = api.call("POST", "/orders", body.replace('\'', '"'));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/invalid");
        assertThat(reply.json().getString("title")).isEqualTo("A value is not acceptable");
        assertThat(reply.json().getString("detail")).isEqualTo(pointer + " " + detail);
        assertThat(errors(reply)).containsExactly(Map.of("pointer", pointer, "detail", detail));
    }

    @Test
    void all_wrong_values_are_named_at_once_parameters_too() {
        var reply = api.call(
                "POST", "/orders", "{\"customerId\":5,\"lines\":[{\"quantity\":0}]}", "Idempotency-Key", "a b");

        assertThat(reply.json().getString("detail")).isEqualTo("4 values are not acceptable");
        assertThat(errors(reply))
                .extracting(error -> error.getOrDefault("pointer", error.get("parameter")))
                .containsExactlyInAnyOrder("Idempotency-Key", "/customerId", "/lines/0/sku", "/lines/0/quantity");
    }

    @Test
    void no_more_than_20_wrong_values_are_named() {
        var lines = new Object[90];
        java.util.Arrays.fill(lines, line("espresso", 0));
        var reply = api.post("/orders", order("c", lines));

        assertThat(errors(reply)).hasSize(Violations.NAMED_MAX);
    }

    @Test
    void an_order_has_at_most_100_lines() {
        var lines = new Object[101];
        java.util.Arrays.fill(lines, line("espresso", 1));
        var reply = api.post("/orders", order("c", lines));

        assertThat(errors(reply))
                .containsExactly(Map.of("pointer", "/lines", "detail", "must have 1 to 100 entries, has 101"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0000b", "a\\nb", "a\\ud800b"})
    void text_that_no_database_takes_is_refused(String customerId) {
        var reply = api.call(
                "POST",
                "/orders",
                "{\"customerId\":\"" + customerId + "\",\"lines\":[{\"sku\":\"espresso\",\"quantity\":1}]}");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply)).extracting(error -> error.get("pointer")).containsExactly("/customerId");
    }

    @Test
    void text_may_be_in_any_script() {
        var reply = api.post("/orders", order("Zoë 東京 🛒", line("espresso", 1)));

        assertThat(reply.status()).isEqualTo(202);
        var orderId = UUID.fromString(reply.json().getString("orderId"));
        assertThat(shop.orders.get(orderId).customerId()).isEqualTo("Zoë 東京 🛒");
    }

    @Test
    void a_long_value_is_shown_shortened() {
        var reply = api.post("/orders", order("c", line("X".repeat(60), 1)));

        assertThat(reply.json().getString("detail")).endsWith(", is '" + "X".repeat(20) + "…'");
    }

    // Looking

    @Test
    void an_order_is_found_at_ordering_before_tracking_has_heard_of_it() {
        var placed = api.post("/orders", order("c-7", line("espresso", 2)));
        var reply = api.get(placed.header("Location"));

        assertThat(reply.status()).isEqualTo(200);
        var order = reply.json();
        assertThat(order.getString("orderId")).isEqualTo(placed.json().getString("orderId"));
        assertThat(order.getString("customerId")).isEqualTo("c-7");
        assertThat(order.getString("status")).isEqualTo("placed");
        assertThat(order.containsKey("reason")).isFalse();
        assertThat(order.getJsonObject("total")).isEqualTo(JsonObject.of("amount", 1290, "currency", "EUR"));
        assertThat(order.getJsonArray("lines"))
                .isEqualTo(JsonArray.of(JsonObject.of(
                        "sku",
                        "espresso",
                        "quantity",
                        2,
                        "unitPrice",
                        JsonObject.of("amount", 1290, "currency", "EUR"))));
        assertThat(order.getJsonArray("history").getJsonObject(0).getString("type"))
                .isEqualTo("ordering.order-placed.v1");
    }

    @Test
    void an_order_is_shown_as_tracking_knows_it() {
        var placed = api.post("/orders", order("c-8", line("espresso", 2)));
        track(placed, "c-8", "cancelled", "out-of-stock");
        var reply = api.get(placed.header("Location"));

        assertThat(reply.json().getString("status")).isEqualTo("cancelled");
        assertThat(reply.json().getString("reason")).isEqualTo("out-of-stock");
    }

    @Test
    void an_order_that_nobody_knows_is_404() {
        var reply = api.get("/orders/" + UUID.randomUUID());

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/not-found");
        assertThat(errors(reply)).extracting(error -> error.get("parameter")).containsExactly("orderId");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"42", "urn:uuid:01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11", "1.5", "%00", "%2e%2e%2f", "01980a3c"})
    void an_id_that_is_no_uuid_is_404(String orderId) {
        assertThat(api.get("/orders/" + orderId).status()).isEqualTo(404);
        assertThat(api.call("POST", "/orders/" + orderId + "/cancel", null).status())
                .isEqualTo(404);
    }

    @Test
    void an_id_that_is_no_uuid_is_shown() {
        assertThat(api.get("/orders/42").json().getString("detail")).isEqualTo("orderId must be a UUID, is '42'");
    }

    @Test
    void an_id_may_be_in_capitals() {
        var placed = api.post("/orders", order("c-9", line("espresso", 2)));
        var reply = api.get("/orders/" + placed.json().getString("orderId").toUpperCase(java.util.Locale.ROOT));

        assertThat(reply.json().getString("orderId")).isEqualTo(placed.json().getString("orderId"));
    }

    @Test
    void orders_of_a_customer_come_in_pages_newest_first() {
        var customer = "c-" + UUID.randomUUID();
        var placed = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            var reply = api.post("/orders", order(customer, line("espresso", 1)));
            track(reply, customer, "placed", null);
            placed.add(0, reply.json().getString("orderId"));
        }
        track(api.post("/orders", order("somebody-else", line("espresso", 1))), "somebody-else", "placed", null);

        var listed = new ArrayList<String>();
        var pages = 0;
        for (var next = ""; next != null; pages++) {
            var page = api.get("/orders?customerId=" + customer + "&limit=2" + next)
                    .json();
            page.getJsonArray("orders").forEach(order -> listed.add(((JsonObject) order).getString("orderId")));
            next = page.containsKey("next") ? "&after=" + page.getString("next") : null;
        }

        assertThat(listed).isEqualTo(placed);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void orders_of_all_are_listed_without_a_customer() {
        track(api.post("/orders", order("c-10", line("espresso", 1))), "c-10", "placed", null);

        assertThat(api.get("/orders").json().getJsonArray("orders")).isNotEmpty();
    }

    @Test
    void a_customer_is_decoded_once() {
        var customer = "a+b%20 &=ü";
        var placed = api.post("/orders", order(customer, line("espresso", 1)));
        track(placed, customer, "placed", null);
        var reply = api.get("/orders?customerId=a%2Bb%2520%20%26%3D%C3%BC");

        assertThat(reply.json().getJsonArray("orders")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=0|limit|must be at least 1, is 0",
                "limit=201|limit|must be at most 200, is 201",
                "limit=ten|limit|must be a whole number, is 'ten'",
                "limit=1.0|limit|must be a whole number, is '1.0'",
                "limit=|limit|must be a whole number, is ''",
                "limit=99999999999999999999|limit|must be a whole number, is '99999999999999999999'",
                "limit=1&limit=2|limit|must be given once, is given 2 times",
                "after=x|after|must be a UUID, is 'x'",
                "customerId=|customerId|must have 1 to 255 characters, has 0",
            })
    void a_wrong_query_parameter_is_named(String query, String parameter, String detail) {
        var reply = api.get("/orders?" + query);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply)).containsExactly(Map.of("parameter", parameter, "detail", detail));
    }

    // Cancelling

    @Test
    void an_order_is_cancelled() {
        var placed = api.post("/orders", order("c-11", line("espresso", 1)));
        var reply = api.call("POST", placed.header("Location") + "/cancel", null);

        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.json())
                .isEqualTo(JsonObject.of("orderId", placed.json().getString("orderId"), "status", "cancelled"));
    }

    @Test
    void a_body_that_comes_along_with_a_cancellation_does_not_matter() {
        var placed = api.post("/orders", order("c-11", line("espresso", 1)));

        assertThat(api.call("POST", placed.header("Location") + "/cancel", "not json")
                        .status())
                .isEqualTo(202);
    }

    @Test
    void an_order_that_nobody_knows_cannot_be_cancelled() {
        assertThat(api.call("POST", "/orders/" + UUID.randomUUID() + "/cancel", null)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void an_order_that_is_shipped_cannot_be_cancelled() {
        var placed = api.post("/orders", order(Shop.HASTY, line("espresso", 1)));
        var reply = api.call("POST", placed.header("Location") + "/cancel", null);

        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/conflict");
        assertThat(reply.json().getString("detail"))
                .isEqualTo("order " + placed.json().getString("orderId") + " is shipped");
    }

    private List<OrderView> ordersOf(String customerId) {
        return shop.orders.values().stream()
                .filter(order -> order.customerId().equals(customerId))
                .toList();
    }

    private void track(Api.Reply placed, String customerId, String status, String reason) {
        var orderId = UUID.fromString(placed.json().getString("orderId"));
        var order = shop.orders.get(orderId);
        shop.tracked.put(
                orderId,
                new OrderView(orderId, customerId, status, reason, order.total(), order.lines(), order.history()));
    }

    static List<Map<String, Object>> errors(Api.Reply reply) {
        return reply.json().getJsonArray("errors").stream()
                .map(error -> ((JsonObject) error).getMap())
                .toList();
    }
}
