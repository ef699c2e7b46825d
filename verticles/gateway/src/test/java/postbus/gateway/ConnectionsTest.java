package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a polite client never does; after it, a connection goes on or ends, but never mixes up requests. */
@ExtendWith(Shop.Extension.class)
class ConnectionsTest {
    private static final String ORDER = "{\"customerId\":\"c\",\"lines\":[{\"sku\":\"espresso\",\"quantity\":1}]}";
    private static final String JSON = "Content-Type: application/json";
    private static final String CHUNKED = "Transfer-Encoding: chunked";
    private static final String LENGTH = "Content-Length: " + ORDER.length();

    private final Api api;

    ConnectionsTest(Shop shop) {
        this.api = shop.api;
    }

    @Test
    void a_body_in_chunks_is_read() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, CHUNKED);
            for (var i = 0; i < ORDER.length(); i += 10) {
                wire.write(chunk(ORDER.substring(i, Math.min(i + 10, ORDER.length()))));
            }
            wire.write("0\r\n\r\n");

            assertThat(wire.read().status()).isEqualTo(202);
            requireGoesOn(wire);
        }
    }

    @Test
    void chunks_of_more_than_64_KiB_are_413_and_the_connection_goes_on() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, CHUNKED);
            for (int i = 0; i < 65; i++) {
                wire.write(chunk(" ".repeat(1024)));
            }
            requireProblem(wire.read(), 413, "/problems/too-large");
            for (int i = 0; i < 65; i++) {
                wire.write(chunk(" ".repeat(1024)));
            }
            wire.write("0\r\n\r\n");

            requireGoesOn(wire);
        }
    }

    @Test
    void a_body_that_is_announced_too_large_is_413_before_it_comes_and_the_connection_goes_on() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, "Content-Length: 100000");
            requireProblem(wire.read(), 413, "/problems/too-large");
            wire.write(" ".repeat(100_000));

            requireGoesOn(wire);
        }
    }

    @Test
    void a_body_that_never_ends_is_cut_off() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, CHUNKED);
            var written = 0;
            try {
                for (; written < 100 << 20; written += 1 << 16) {
                    wire.write(chunk(" ".repeat(1 << 16)));
                }
            } catch (IOException cutOff) {
                // as it should be
            }
            assertThat(written).isLessThan(100 << 20);
        }
    }

    @Test
    void a_body_where_none_is_taken_is_thrown_away() throws IOException {
        try (var wire = api.wire()) {
            wire.request("GET /products", "Content-Length: 100000");
            assertThat(wire.read().status()).isEqualTo(200);
            wire.write("x".repeat(100_000));

            requireGoesOn(wire);
        }
    }

    @Test
    void a_body_of_the_wrong_type_is_415_before_it_comes_and_the_connection_goes_on() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", "Content-Type: text/plain", "Content-Length: 10");
            requireProblem(wire.read(), 415, "/problems/unsupported-media-type");
            wire.write("0123456789");

            requireGoesOn(wire);
        }
    }

    @Test
    void who_asks_whether_to_send_the_body_is_told_to_go_on() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, "Expect: 100-continue", LENGTH);
            assertThat(wire.read().status()).isEqualTo(100);
            wire.write(ORDER);

            assertThat(wire.read().status()).isEqualTo(202);
            requireGoesOn(wire);
        }
    }

    @Test
    void who_asks_whether_to_send_a_body_that_is_too_large_is_told_no_and_that_is_the_end() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, "Expect: 100-continue", "Content-Length: 100000");
            var reply = wire.read();
            requireProblem(reply, 413, "/problems/too-large");

            assertThat(reply.headers()).containsEntry("connection", "close");
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void requests_that_come_before_the_answers_are_answered_in_order() throws IOException {
        try (var wire = api.wire()) {
            var first = UUID.randomUUID().toString();
            var second = UUID.randomUUID().toString();
            wire.request("POST /orders", JSON, LENGTH, "X-Correlation-Id: " + first)
                    .write(ORDER)
                    .request("GET /health/live", "X-Correlation-Id: " + second);

            assertThat(wire.read().headers()).containsEntry("x-correlation-id", first);
            assertThat(wire.read().headers()).containsEntry("x-correlation-id", second);
        }
    }

    @Test
    void a_client_that_goes_away_in_the_middle_of_its_body_does_no_harm() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, "Content-Length: 1000").write("{");
        }
        assertThat(api.get("/health/live").status()).isEqualTo(200);
    }

    @Test
    void head_is_405_without_a_body() throws IOException {
        try (var wire = api.wire()) {
            wire.request("HEAD /products");
            var reply = wire.read(true);

            assertThat(reply.status()).isEqualTo(405);
            assertThat(reply.headers()).containsEntry("allow", "GET, OPTIONS");
            requireGoesOn(wire);
        }
    }

    @Test
    void a_request_may_name_its_whole_address() throws IOException {
        try (var wire = api.wire()) {
            wire.request("GET http://a/products?limit=1");

            assertThat(wire.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS *", "GET nothing"})
    void what_is_no_path_is_404(String request) throws IOException {
        try (var wire = api.wire()) {
            wire.request(request);

            requireProblem(wire.read(), 404, "/problems/not-found");
            requireGoesOn(wire);
        }
    }

    @Test
    void what_is_for_a_proxy_is_refused() throws IOException {
        try (var wire = api.wire()) {
            wire.request("CONNECT a:80");

            assertThat(wire.read().status()).isIn(400, 404, 405);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /products HTTP/1.1\r\n\r\n",
                "GET /products/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /orders/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /products?limit=%zz HTTP/1.1\r\nHost: a\r\n\r\n",
            })
    void a_request_with_a_wrong_host_path_or_query_is_400(String request) throws IOException {
        try (var wire = api.wire()) {
            wire.write(request);

            requireProblem(wire.read(), 400, "/problems/malformed");
            requireGoesOn(wire);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /products\r\n\r\n",
                "GET /products HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
                "GET /products HTTP/1.1\r\nHost: a\r\nX-Odd: a\0b\r\n\r\n",
                "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: x\r\n\r\n{}",
                "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n{}",
                "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            })
    void what_is_not_http_is_400_and_that_is_the_end(String request) throws IOException {
        try (var wire = api.wire()) {
            wire.write(request);

            requireProblem(wire.read(), 400, "/problems/malformed");
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void a_request_line_that_is_too_long_is_414() throws IOException {
        try (var wire = api.wire()) {
            wire.request("GET /products?x=" + "x".repeat(5_000));

            requireProblem(wire.read(), 414, "about:blank");
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void headers_that_are_too_large_are_431() throws IOException {
        try (var wire = api.wire()) {
            wire.request("GET /products", "X-Large: " + "x".repeat(20_000));

            requireProblem(wire.read(), 431, "about:blank");
            assertThat(wire.isClosed()).isTrue();
        }
    }

    /** Vert.x closes the connection without leaving time for an answer. */
    @Test
    void a_chunk_that_is_no_chunk_is_the_end() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, CHUNKED);
            wire.write("zz\r\nhello\r\n0\r\n\r\n");

            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void two_keys_at_once_are_422() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, LENGTH, "Idempotency-Key: a", "Idempotency-Key: b")
                    .write(ORDER);

            var reply = wire.read();
            requireProblem(reply, 422, "/problems/invalid");
            assertThat(new JsonObject(reply.body()).getString("detail"))
                    .isEqualTo("Idempotency-Key must be given once, is given 2 times");
        }
    }

    @Test
    void a_key_that_is_not_ascii_is_422() throws IOException {
        try (var wire = api.wire()) {
            wire.request("POST /orders", JSON, LENGTH, "Idempotency-Key: sch\u00f6n")
                    .write(ORDER);

            requireProblem(wire.read(), 422, "/problems/invalid");
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static void requireProblem(Wire.Reply reply, int status, String type) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(reply.headers()).containsKey("x-correlation-id");
        var problem = new JsonObject(reply.body());
        Documented.requireFits(
                "Problem",
                Documented.CONTRACT
                        .getJsonObject("components")
                        .getJsonObject("schemas")
                        .getJsonObject("Problem"),
                problem);
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("type")).isEqualTo(type);
    }

    /** The next request on the connection gets its own answer. */
    private static void requireGoesOn(Wire wire) throws IOException {
        var next = UUID.randomUUID().toString();
        wire.request("GET /stock/espresso", "X-Correlation-Id: " + next);
        var reply = wire.read();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).containsEntry("x-correlation-id", next);
    }
}
