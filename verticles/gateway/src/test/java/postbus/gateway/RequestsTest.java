package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static postbus.gateway.Api.line;
import static postbus.gateway.Api.order;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every operation alike. */
@ExtendWith(Shop.Extension.class)
class RequestsTest {
    private static final String ORDER = "{\"customerId\":\"c\",\"lines\":[{\"sku\":\"espresso\",\"quantity\":1}]}";

    private final Api api;

    RequestsTest(Shop shop) {
        this.api = shop.api;
    }

    // Where and how

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/orders/a/b/c", "/problems/invalid", "/openapi.yml", "/health", "/Orders"})
    void a_path_where_nothing_is_is_404(String path) {
        var reply = api.get(path);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/not-found");
        assertThat(reply.json().getString("detail")).isEqualTo("nothing is at " + path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE|/orders|GET, POST, OPTIONS",
                "PUT|/orders|GET, POST, OPTIONS",
                "PATCH|/orders/01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11|GET, OPTIONS",
                "GET|/orders/01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11/cancel|POST, OPTIONS",
                "POST|/products|GET, OPTIONS",
                "GET|/products/espresso|PUT, OPTIONS",
                "POST|/stock/espresso|GET, OPTIONS",
                "GET|/stock/espresso/deliveries|POST, OPTIONS",
                "POST|/openapi.yaml|GET, OPTIONS",
                "POST|/health/live|GET, OPTIONS",
                "POST|/metrics|GET, OPTIONS",
                "TRACE|/orders|GET, POST, OPTIONS",
                "BREW|/orders|GET, POST, OPTIONS",
            })
    void a_wrong_method_is_405_and_the_right_ones_are_named(String method, String path, String allowed) {
        var reply = api.call(method, path, null);

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).isEqualTo(allowed);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/method-not-allowed");
        assertThat(reply.json().getString("detail"))
                .isEqualTo(path + " takes " + allowed.replace(", OPTIONS", "") + ", not " + method);
    }

    @Test
    void options_names_the_methods() {
        var reply = api.call("OPTIONS", "/orders", null);

        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.header("Allow")).isEqualTo("GET, POST, OPTIONS");
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void options_of_nothing_is_404() {
        assertThat(api.call("OPTIONS", "/nothing", null).status()).isEqualTo(404);
    }

    @Test
    void a_slash_at_the_end_does_not_matter() {
        assertThat(api.get("/products/").status()).isEqualTo(200);
        assertThat(api.call("DELETE", "/products/", null).status()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml;q=0.9", "nonsense"})
    void answers_are_json_whatever_is_accepted(String accept) {
        var reply = api.get("/products", "Accept", accept);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void unknown_query_parameters_do_not_matter() {
        assertThat(api.get("/products?utm_source=x&limit=1").status()).isEqualTo(200);
    }

    // Bodies

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json; charset=iso-8859-1",
                "application/jsonp",
                "application/merge-patch+json",
                "json",
                "nonsense;;;",
            })
    void a_body_that_is_not_json_is_415(String contentType) {
        var reply = api.call("POST", "/orders", ORDER, "Content-Type", contentType);

        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.header("Accept")).isEqualTo("application/json");
        assertThat(reply.json().getString("type")).isEqualTo("/problems/unsupported-media-type");
        assertThat(reply.json().getString("detail")).isEqualTo("the body must be application/json, is " + contentType);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=UTF-8",
                "application/json ; charset=\"utf-8\""
            })
    void a_body_that_is_json_may_say_so_in_several_ways(String contentType) {
        assertThat(api.call("POST", "/orders", ORDER, "Content-Type", contentType)
                        .status())
                .isEqualTo(202);
    }

    @Test
    void a_compressed_body_is_415() {
        var reply = api.call("POST", "/orders", ORDER, "Content-Encoding", "gzip");

        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.json().getString("detail")).isEqualTo("the body must not be encoded, is encoded by gzip");
    }

    @Test
    void a_body_without_a_content_type_is_415() {
        var request =
                api.request("/orders").POST(BodyPublishers.ofString(ORDER)).build();

        assertThat(api.send(request).join().status()).isEqualTo(415);
    }

    @Test
    void no_body_at_all_is_400() {
        var reply = api.call("POST", "/orders", null);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getString("detail")).isEqualTo("there is no body, expected is a JSON object");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^|the body is empty, expected is a JSON object",
                "^ ^|the body is JSON, but not an object",
                "{'customerId':|the body ends in the middle of its JSON",
                "{'customerId':'c',}|the body is not JSON, line 1, column 19",
                "{customerId:'c'}|the body is not JSON, line 1, column 2",
                "nonsense|the body is not JSON, line 1, column 1",
                "{'a':1,'a':1}|a field of the body comes twice, line 1, column 11",
                "{'customerId':'c','lines':[{'sku':'a','quantity':1,'sku':'b'}]}|a field of the body comes twice, line 1, column 57",
                "{} {}|the body goes on after its JSON object",
                "{}]|the body is not JSON, line 1, column 3",
                "[]|the body is JSON, but not an object",
                "'text'|the body is JSON, but not an object",
                "5|the body is JSON, but not an object",
                "null|the body is JSON, but not an object",
                "{'a':NaN}|the body is not JSON, line 1, column 9",
                "{'a':01}|the body is not JSON, line 1, column 7",
            })
    void a_body_that_is_no_json_object_is_400(String body, String detail) {
        var reply = api.call("POST", "/orders", body.replace('\'', '"'));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/malformed");
        assertThat(reply.json().getString("detail")).isEqualTo(detail);
        assertThat(reply.body()).doesNotContain("jackson", "Exception", "Source");
    }

    @Test
    void a_body_that_is_not_utf8_is_400() {
        for (var charset : new java.nio.charset.Charset[] {
            StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16, StandardCharsets.UTF_16LE
        }) {
            var request = api.request("/orders")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(
                            ORDER.replace("\"c\"", "\"ü\"").getBytes(charset)))
                    .build();

            assertThat(api.send(request).join().status()).as(charset.name()).isEqualTo(400);
        }
    }

    @Test
    void half_a_surrogate_as_the_name_of_a_field_is_400() {
        var reply = api.call("POST", "/stock/espresso/deliveries", "{\"quantity\":1,\"\\ud800\":1}");

        assertThat(reply.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "a\0b", "\r\nX: 1", "%", "%zz", "+", "~", "~2", "a/b", "__proto__", "\u00e4", " "})
    void a_field_is_unknown_whatever_its_name(String name) {
        var reply = api.post("/stock/espresso/deliveries", Map.of("quantity", 1, name, 1));

        assertThat(reply.status()).isEqualTo(422);
        var wrong = reply.json().getJsonArray("errors").getJsonObject(0);
        assertThat(wrong.getString("pointer"))
                .isEqualTo("/" + name.replace("~", "~0").replace("/", "~1"));
        assertThat(wrong.getString("detail")).isEqualTo("is not known here; known are quantity");
    }

    @ParameterizedTest
    @CsvSource({"60,false", "5000,false", "40,true"})
    void a_body_that_is_nested_deeply_does_no_harm(int depth, boolean isReadable) {
        var reply = api.call(
                "POST", "/stock/espresso/deliveries", "{\"quantity\":" + "[".repeat(depth) + "]".repeat(depth) + "}");

        assertThat(reply.status()).isEqualTo(isReadable ? 422 : 400);
    }

    @Test
    void a_name_or_number_without_end_does_no_harm() {
        assertThat(api.call("POST", "/stock/espresso/deliveries", "{\"" + "x".repeat(300) + "\":1}")
                        .status())
                .isEqualTo(400);
        assertThat(api.call("POST", "/stock/espresso/deliveries", "{\"quantity\":" + "9".repeat(300) + "}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_body_of_64_KiB_is_read() {
        assertThat(api.call("POST", "/orders", padded(RequestReader.BODY_BYTES_MAX))
                        .status())
                .isEqualTo(202);
    }

    @Test
    void a_body_of_more_than_64_KiB_is_413() {
        var reply = api.call("POST", "/orders", padded(RequestReader.BODY_BYTES_MAX + 1));

        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/too-large");
        assertThat(reply.json().getString("detail")).isEqualTo("the body must have at most 65536 bytes");
    }

    private static String padded(int length) {
        return ORDER + " ".repeat(length - ORDER.length());
    }

    // What every answer has

    @Test
    void every_answer_has_a_correlation_id_chosen_by_the_client_if_it_likes() {
        var chosen = UUID.randomUUID().toString();

        for (var path : new String[] {"/products", "/nothing", "/orders/42", "/health/live", "/openapi.yaml"}) {
            assertThat(api.get(path, "X-Correlation-Id", chosen).header("X-Correlation-Id"))
                    .as(path)
                    .isEqualTo(chosen);
            assertThat(api.get(path).header("X-Correlation-Id")).as(path).isNotEqualTo(chosen);
        }
    }

    @Test
    void a_problem_names_its_occurrence() {
        var reply = api.get("/orders/42");

        assertThat(reply.json().getString("instance")).isEqualTo("urn:uuid:" + reply.header("X-Correlation-Id"));
    }

    @Test
    void a_correlation_id_that_is_no_uuid_is_replaced() {
        var reply = api.post("/orders", order("c", line("espresso", 1)), "X-Correlation-Id", "1-2-3-4-5");

        assertThat(UUID.fromString(reply.header("X-Correlation-Id")).version()).isEqualTo(7);
    }
}
