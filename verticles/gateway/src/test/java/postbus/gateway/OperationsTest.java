package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Shop.Extension.class)
class OperationsTest {
    private final Api api;

    OperationsTest(Shop shop) {
        this.api = shop.api;
    }

    @Test
    void the_contract_is_served_as_it_is_written() throws IOException {
        requireServed("/openapi.yaml", Contract.FILE);
    }

    @Test
    void the_document_of_messages_is_served_as_it_is_written() throws IOException {
        requireServed("/asyncapi.yaml", Contract.MESSAGES_FILE);
    }

    private void requireServed(String path, String resource) throws IOException {
        var reply = api.get(path);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).isEqualTo("application/yaml");
        try (var file = getClass().getClassLoader().getResourceAsStream(resource)) {
            assertThat(reply.body())
                    .isEqualTo(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void it_is_live() {
        assertThat(api.get("/health/live").json()).isEqualTo(JsonObject.of("status", "up"));
    }

    @Test
    void it_has_started() {
        var reply = api.get("/health/started");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json()).isEqualTo(JsonObject.of("status", "up"));
    }

    @Test
    void it_is_ready() {
        var reply = api.get("/health/ready");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().getString("status")).isEqualTo("up");
    }

    @Test
    void it_is_measured() {
        api.get("/products");
        var reply = api.get("/metrics");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("# TYPE jvm_threads_live_threads gauge", "vertx_http_server");
    }
}
