package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static postbus.gateway.OrdersTest.errors;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Shop.Extension.class)
class StockTest {
    private final Shop shop;
    private final Api api;

    StockTest(Shop shop) {
        this.shop = shop;
        this.api = shop.api;
    }

    @Test
    void stock_is_answered() {
        shop.stock.put("looked-at", 7);

        assertThat(api.get("/stock/looked-at").json())
                .isEqualTo(JsonObject.of("sku", "looked-at", "onHand", 7, "reserved", 0, "available", 7));
    }

    @Test
    void a_delivery_is_added_and_answered_with_the_stock() {
        shop.stock.put("delivered", 1);
        var reply = api.post("/stock/delivered/deliveries", Map.of("quantity", 20));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.json())
                .isEqualTo(JsonObject.of("sku", "delivered", "onHand", 21, "reserved", 0, "available", 21));
    }

    @Test
    void the_same_delivery_under_the_same_key_is_one_delivery() {
        shop.stock.put("once", 0);
        var key = UUID.randomUUID().toString();
        var first = api.post("/stock/once/deliveries", Map.of("quantity", 20), "Idempotency-Key", key);
        var second = api.post("/stock/once/deliveries", Map.of("quantity", 20), "Idempotency-Key", key);

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(shop.stock).containsEntry("once", 20);
    }

    @Test
    void the_same_key_for_another_product_is_refused() {
        shop.stock.put("one", 0);
        shop.stock.put("other", 0);
        var key = UUID.randomUUID().toString();
        api.post("/stock/one/deliveries", Map.of("quantity", 20), "Idempotency-Key", key);
        var reply = api.post("/stock/other/deliveries", Map.of("quantity", 20), "Idempotency-Key", key);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/idempotency-key-reused");
    }

    @Test
    void without_a_key_each_request_is_a_new_delivery() {
        shop.stock.put("twice", 0);
        api.post("/stock/twice/deliveries", Map.of("quantity", 20));
        api.post("/stock/twice/deliveries", Map.of("quantity", 20));

        assertThat(shop.stock).containsEntry("twice", 40);
    }

    @Test
    void an_unknown_sku_is_404() {
        var looked = api.get("/stock/unheard-of");
        var delivered = api.post("/stock/unheard-of/deliveries", Map.of("quantity", 1));

        assertThat(looked.status()).isEqualTo(404);
        assertThat(looked.json().getString("detail")).isEqualTo("no product 'unheard-of'");
        assertThat(errors(looked)).containsExactly(Map.of("parameter", "sku", "detail", "no product 'unheard-of'"));
        assertThat(delivered.status()).isEqualTo(404);
    }

    @Test
    void what_cannot_be_a_sku_is_404_whatever_the_body() {
        assertThat(api.get("/stock/NO").status()).isEqualTo(404);
        assertThat(api.call("POST", "/stock/NO/deliveries", "not json").status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{}|/quantity|is missing",
                "{'quantity':0}|/quantity|must be at least 1, is 0",
                "{'quantity':1000001}|/quantity|must be at most 1000000, is 1000001",
                "{'quantity':true}|/quantity|must be a whole number, is true",
                "{'quantity':1,'sku':'espresso'}|/sku|is not known here; known are quantity",
            })
    void a_wrong_field_is_named(String body, String pointer, String detail) {
        var reply = api.call("POST", "/stock/espresso/deliveries", body.replace('\'', '"'));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply)).containsExactly(Map.of("pointer", pointer, "detail", detail));
    }
}
