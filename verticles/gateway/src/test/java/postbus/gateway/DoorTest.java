package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postbus.node.SettingException;
import postbus.node.Settings;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** What the gateway does before it knows what is asked: how many, how often, how slowly, from where, and TLS. */
class DoorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS_MAX = 20;
    private static final Issuer ISSUER = new Issuer();

    private static TestNode node;
    private static Api api;
    private static int opsPort;

    @BeforeAll
    static void start() {
        opsPort = Shop.freePort();
        var settings = new HashMap<>(ISSUER.settings(Map.of()));
        settings.putAll(Map.of(
                "PROFILE", "production",
                "HTTP_PORT", "0",
                "OPS_PORT", String.valueOf(opsPort),
                "RATE_LIMIT", "3",
                "RATE_LIMIT_WINDOW", "PT24H",
                "TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8",
                "HTTP_READ_TIMEOUT", "PT1S",
                "HTTP_CONNECTIONS_MAX", String.valueOf(CONNECTIONS_MAX),
                "CORS_ORIGINS", "https://shop.test"));
        node = TestNode.start(settings, GatewayMain.SERVICE);
        api = new Api(node.httpPort());
    }

    @AfterAll
    static void stop() {
        node.close();
        ISSUER.close();
    }

    // How often

    @Test
    void who_asks_too_often_is_told_when_to_come_again() {
        var token = ISSUER.bearer("busy", "ops");
        for (int left = 2; left >= 0; left--) {
            var reply = api.get("/ops/nodes", "Authorization", token);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("RateLimit-Policy")).isEqualTo("\"client\";q=3;w=86400");
            assertThat(reply.header("RateLimit")).startsWith("\"client\";r=" + left + ";t=");
        }

        var refused = api.get("/ops/nodes", "Authorization", token);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().getString("type")).isEqualTo("/problems/too-many-requests");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 28_800);
        assertThat(api.get("/ops/nodes", "Authorization", ISSUER.bearer("calm", "ops"))
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/health/live").status()).isEqualTo(200);
    }

    @Test
    void who_is_not_known_counts_by_the_address_that_trusted_proxies_name() {
        for (int i = 0; i < 3; i++) {
            assertThat(api.get("/products", "X-Forwarded-For", "203.0.113.1, 198.51.100.7, 10.1.2.3")
                            .status())
                    .isEqualTo(401);
        }
        // The first is whatever the client likes to write
        assertThat(api.get("/products", "X-Forwarded-For", "203.0.113.2, 198.51.100.7")
                        .status())
                .isEqualTo(429);
        assertThat(api.get("/products", "X-Forwarded-For", "198.51.100.8").status())
                .isEqualTo(401);
        for (int i = 0; i < 3; i++) {
            api.get("/products", "X-Forwarded-For", "2001:db8::" + i);
        }
        assertThat(api.get("/products", "X-Forwarded-For", "2001:db8::ffff").status())
                .isEqualTo(429);
    }

    @Test
    void a_proxy_that_is_no_address_ends_the_start() {
        assertThatThrownBy(() -> new Clients(List.of("proxy.test"))).isInstanceOf(SettingException.class);
        assertThatThrownBy(() -> new Clients(List.of("10.0.0.0/99"))).isInstanceOf(SettingException.class);
    }

    // How slowly

    @Test
    void headers_that_trickle_in_keep_no_connection() throws IOException {
        try (var wire = api.wire()) {
            wire.write("GET /health/live HTTP/1.1\r\nHost: a\r\n");
            Await.until("the connection is closed", PATIENCE, () -> isCutOff(wire, "X-A: b\r\n"));
        }
    }

    @Test
    void who_says_nothing_keeps_no_connection() throws IOException {
        try (var wire = api.wire()) {
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void a_body_that_trickles_in_is_408_and_the_end() throws IOException {
        try (var wire = api.wire()) {
            wire.request(
                    "POST /orders",
                    "Authorization: " + ISSUER.bearer("slow", "orders:write"),
                    "Content-Type: application/json",
                    "Content-Length: 60000");
            var reply = Await.value("the gateway has had enough", PATIENCE, () -> answerWhileWriting(wire));

            assertThat(reply.status()).isEqualTo(408);
            assertThat(reply.headers()).containsEntry("connection", "close");
        }
    }

    /** The answer comes while the body still does; what is then written may find nobody. */
    private static Optional<Wire.Reply> answerWhileWriting(Wire wire) {
        isCutOff(wire, " ");
        try {
            return wire.hasInput() ? Optional.of(wire.read()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isCutOff(Wire wire, String bytes) {
        try {
            wire.write(bytes);
            return false;
        } catch (IOException cutOff) {
            return true;
        }
    }

    // How many

    @Test
    void more_connections_than_there_may_be_are_closed_until_others_end() throws IOException {
        var wires = new ArrayList<Wire>();
        try {
            for (int i = 0; i < CONNECTIONS_MAX + 1; i++) {
                wires.add(api.wire());
            }
            assertThat(wires.get(CONNECTIONS_MAX).isClosed()).isTrue();
        } finally {
            for (var wire : wires) {
                wire.close();
            }
        }
        Await.until("there is room again", PATIENCE, () -> {
            try (var wire = api.wire()) {
                return wire.request("GET /health/live").read().status() == 200;
            } catch (IOException full) {
                return false;
            }
        });
    }

    // From where

    @Test
    void every_answer_tells_browsers_to_make_little_of_it() {
        for (var path : List.of("/products", "/health/live", "/nothing")) {
            var reply = api.get(path);
            assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(reply.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(reply.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
            assertThat(reply.header("Content-Security-Policy"))
                    .contains("default-src 'none'", "frame-ancestors 'none'");
            assertThat(reply.headers().firstValue("Strict-Transport-Security")).isEmpty();
        }
    }

    @Test
    void pages_of_origins_that_are_named_may_use_the_api() {
        var asked = api.call(
                "OPTIONS", "/orders", null, "Origin", "https://shop.test", "Access-Control-Request-Method", "POST");
        assertThat(asked.status()).isEqualTo(204);
        assertThat(asked.header("Access-Control-Allow-Origin")).isEqualTo("https://shop.test");
        assertThat(asked.header("Access-Control-Allow-Headers")).contains("Authorization", "Idempotency-Key");
        assertThat(api.get("/openapi.yaml", "Origin", "https://shop.test").header("Access-Control-Allow-Origin"))
                .isEqualTo("https://shop.test");
    }

    @Test
    void pages_of_any_other_origin_may_not() {
        for (var origin : List.of("https://evil.test", "https://shop.test.evil.test", "http://shop.test", "null")) {
            var asked = api.call("OPTIONS", "/orders", null, "Origin", origin, "Access-Control-Request-Method", "POST");
            assertThat(asked.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(api.get("/openapi.yaml", "Origin", origin).headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    // Inside the cluster

    @Test
    void metrics_are_for_operators_and_at_a_port_of_their_own_for_who_is_inside() throws Exception {
        assertThat(api.get("/metrics").status()).isEqualTo(401);
        assertThat(api.get("/metrics", "Authorization", ISSUER.bearer("prometheus", "ops"))
                        .status())
                .isEqualTo(200);

        var inside = new Api(opsPort);
        for (var path : List.of("/metrics", "/health/live", "/health/ready")) {
            var reply =
                    HttpClient.newHttpClient().send(inside.request(path).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(reply.statusCode()).as(path).isEqualTo(200);
        }
        var other = HttpClient.newHttpClient()
                .send(inside.request("/openapi.yaml").build(), HttpResponse.BodyHandlers.discarding());
        assertThat(other.statusCode()).isEqualTo(404);
    }

    // TLS

    @Test
    void with_a_certificate_it_speaks_TLS_and_HTTP_2_and_takes_the_next_one_without_a_restart(@TempDir Path folder)
            throws Exception {
        var first = SelfSignedCertificate.create("localhost");
        var second = SelfSignedCertificate.create("localhost");
        copy(first, folder);
        var settings = ISSUER.settings(Map.of(
                "HTTP_PORT", "0",
                "HTTP_TLS_CERTIFICATE", folder.resolve("tls.crt").toString(),
                "HTTP_TLS_KEY", folder.resolve("tls.key").toString()));
        try (var secured = TestNode.start(settings, GatewayMain.SERVICE)) {
            var vertx = secured.vertx();
            var before = answer(vertx, secured.httpPort(), HttpVersion.HTTP_2);
            assertThat(before.version()).isEqualTo(HttpVersion.HTTP_2);
            assertThat(before.strictTransport()).isEqualTo("max-age=31536000");
            assertThat(answer(vertx, secured.httpPort(), HttpVersion.HTTP_1_1).version())
                    .isEqualTo(HttpVersion.HTTP_1_1);
            assertThatThrownBy(() -> new Api(secured.httpPort()).get("/health/live"))
                    .hasRootCauseInstanceOf(IOException.class);

            copy(second, folder);
            Await.until(
                    "the next certificate is used",
                    PATIENCE,
                    () -> !answer(vertx, secured.httpPort(), HttpVersion.HTTP_2)
                            .certificate()
                            .equals(before.certificate()));

            Files.writeString(folder.resolve("tls.crt"), "nonsense");
            Files.writeString(folder.resolve("tls.key"), "nonsense");
            assertThat(answer(vertx, secured.httpPort(), HttpVersion.HTTP_2).version())
                    .isEqualTo(HttpVersion.HTTP_2);
        } finally {
            first.delete();
            second.delete();
        }
    }

    private record Secured(HttpVersion version, Certificate certificate, String strictTransport) {}

    /** A refused body over HTTP/2 must not take the connection with it, so one is sent before. */
    private static Secured answer(Vertx vertx, int port, HttpVersion version) {
        var client = vertx.createHttpClient(new HttpClientOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setProtocolVersion(version)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setDefaultHost("localhost")
                .setDefaultPort(port));
        try {
            var refused = client.request(HttpMethod.POST, "/orders")
                    .compose(request ->
                            request.putHeader("Content-Type", "text/plain").send("x".repeat(1000)))
                    .await();
            assertThat(refused.statusCode()).isEqualTo(415);
            return client.request(HttpMethod.GET, "/health/live")
                    .compose(HttpClientRequest::send)
                    .map(response -> {
                        try {
                            return new Secured(
                                    response.version(),
                                    response.request()
                                            .connection()
                                            .peerCertificates()
                                            .get(0),
                                    response.getHeader("Strict-Transport-Security"));
                        } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                            throw new AssertionError(e);
                        }
                    })
                    .await();
        } finally {
            client.close().await();
        }
    }

    private static void copy(SelfSignedCertificate certificate, Path folder) throws IOException {
        Files.copy(
                Path.of(certificate.certificatePath()), folder.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                Path.of(certificate.privateKeyPath()), folder.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void half_a_certificate_ends_the_start() {
        assertThatThrownBy(() -> GatewaySettings.of(Settings.of(Map.of("HTTP_TLS_KEY", "/tls/key"))))
                .isInstanceOf(SettingException.class)
                .hasMessage("HTTP_TLS_CERTIFICATE and HTTP_TLS_KEY are set both or neither");
    }
}
