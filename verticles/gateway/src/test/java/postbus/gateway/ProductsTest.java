package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static postbus.gateway.Api.money;
import static postbus.gateway.OrdersTest.errors;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.contracts.Money;
import postbus.contracts.catalog.Product;

@ExtendWith(Shop.Extension.class)
class ProductsTest {
    private final Shop shop;
    private final Api api;

    ProductsTest(Shop shop) {
        this.shop = shop;
        this.api = shop.api;
    }

    @Test
    void a_product_is_defined_and_answered() {
        var reply = api.put("/products/filter", Map.of("name", "Paper filters", "price", money(450, "EUR")));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json())
                .isEqualTo(JsonObject.of(
                        "sku",
                        "filter",
                        "name",
                        "Paper filters",
                        "price",
                        JsonObject.of("amount", 450, "currency", "EUR")));
        assertThat(shop.products)
                .containsEntry("filter", new Product("filter", "Paper filters", new Money(450, "EUR")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1e5", "0", "true", "null", "a.b-c_d", "-x"})
    void a_sku_that_looks_like_something_else_is_text(String sku) {
        var reply = api.put("/products/" + sku, Map.of("name", "Odd", "price", money(1, "EUR")));

        assertThat(reply.status()).isEqualTo(sku.startsWith("-") ? 422 : 200);
        assertThat(shop.products.containsKey(sku)).isEqualTo(!sku.startsWith("-"));
    }

    @Test
    void a_wrong_sku_of_a_product_to_make_is_a_wrong_value() {
        var reply = api.put("/products/a%2Fb", Map.of("name", "Odd", "price", money(-1, "EUR")));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply))
                .containsExactly(
                        Map.of(
                                "parameter",
                                "sku",
                                "detail",
                                "must be lower-case letters, digits, dots, underscores and hyphens, beginning with a letter or digit, is 'a/b'"),
                        Map.of("pointer", "/price/amount", "detail", "must be at least 0, is -1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'name':'x','price':{'amount':1,'currency':'eur'}}|/price/currency|must be an ISO 4217 code of three capital letters, is 'eur'",
                "{'name':'x','price':{'amount':1,'currency':'EURO'}}|/price/currency|must have 3 characters, has 4",
                "{'name':'x','price':{'amount':10000000001,'currency':'EUR'}}|/price/amount|must be at most 10000000000, is 10000000001",
                "{'name':'x','price':{'amount':12.5,'currency':'EUR'}}|/price/amount|must be a whole number, is 12.5",
                "{'name':'x','price':{'currency':'EUR'}}|/price/amount|is missing",
                "{'name':'x','price':'12 EUR'}|/price|must be an object, is '12 EUR'",
                "{'name':'x'}|/price|is missing",
                "{'price':{'amount':1,'currency':'EUR'}}|/name|is missing",
                "{'name':'x','price':{'amount':1,'currency':'EUR','tax':1}}|/price/tax|is not known here; known are amount, currency",
            })
    void a_wrong_field_is_named(String body, String pointer, String detail) {
        var reply = api.call("PUT", "/products/espresso", body.replace('\'', '"'));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply)).containsExactly(Map.of("pointer", pointer, "detail", detail));
    }

    @Test
    void a_field_that_the_service_refuses_is_named_where_it_stands_in_the_body() {
        var reply = api.put("/products/espresso", Map.of("name", "x", "price", money(1, "XXX")));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(errors(reply)).containsExactly(Map.of("pointer", "/price/currency", "detail", "no such currency"));
    }

    @Test
    void products_come_in_pages_by_sku() {
        for (int i = 0; i < 5; i++) {
            api.put("/products/page-" + i, Map.of("name", "Page " + i, "price", money(i, "EUR")));
        }
        var listed = new ArrayList<String>();
        for (var next = "page-"; next != null; ) {
            var page = api.get("/products?limit=2&after=" + next).json();
            page.getJsonArray("products").forEach(product -> listed.add(((JsonObject) product).getString("sku")));
            next = page.getString("next");
        }

        assertThat(listed).isSorted().contains("page-0", "page-1", "page-2", "page-3", "page-4");
    }

    @Test
    void the_last_page_has_no_next() {
        assertThat(api.get("/products?after=zzz").body()).isEqualTo("{\"products\":[]}");
    }

    @Test
    void a_correlation_and_a_trace_go_along_to_the_service() {
        var correlation = UUID.randomUUID();
        var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var reply = api.put(
                "/products/traced",
                Map.of("name", "x", "price", money(1, "EUR")),
                "X-Correlation-Id",
                correlation.toString(),
                "traceparent",
                trace);

        assertThat(reply.header("X-Correlation-Id")).isEqualTo(correlation.toString());
        assertThat(shop.causes.get("traced").correlationId()).isEqualTo(correlation);
        assertThat(shop.causes.get("traced").traceparent()).isEqualTo(trace);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            })
    void what_is_no_correlation_or_trace_is_not_passed_on(String nonsense) {
        var reply = api.put(
                "/products/traced",
                Map.of("name", "x", "price", money(1, "EUR")),
                "X-Correlation-Id",
                nonsense,
                "traceparent",
                nonsense);

        assertThat(reply.status()).isEqualTo(200);
        var correlation = UUID.fromString(reply.header("X-Correlation-Id"));
        assertThat(shop.causes.get("traced").correlationId()).isEqualTo(correlation);
        assertThat(shop.causes.get("traced").traceparent()).isNull();
    }

    @Test
    void what_breaks_in_a_service_is_an_incident_and_no_secret() {
        var reply = api.put("/products/breaks", Map.of("name", "x", "price", money(1, "EUR")));

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/internal");
        assertThat(reply.json().getString("detail")).matches("see the log for incident [0-9a-f-]{36}");
        assertThat(reply.body()).doesNotContain("secret", "Exception", "postbus.", "java.");
    }
}
