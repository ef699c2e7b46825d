package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import postbus.node.SettingException;
import postbus.node.Settings;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** A gateway in production: who is let in. There are no services behind it, which nobody gets to who is not. */
class AccessTest {
    /** Any valid token may look, and gets as far as to a service that is not there. */
    private static final String WINDOW = "/products";

    private static final Issuer ISSUER = new Issuer();

    private static TestNode node;
    private static Api api;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                ISSUER.settings(Map.of("HTTP_PORT", "0", "PROFILE", "production", "REQUEST_TIMEOUT", "PT0.1S")),
                GatewayMain.SERVICE);
        api = new Api(node.httpPort());
    }

    @AfterAll
    static void stop() {
        node.close();
        ISSUER.close();
    }

    private static int statusWith(String token) {
        return api.get(WINDOW, "Authorization", "Bearer " + token).status();
    }

    @Test
    void without_a_token_one_is_asked_for_it() {
        var reply = api.get(WINDOW);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/unauthenticated");
        assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"postbus\"");
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                arguments("RS256", ISSUER.token(claims -> claims)),
                arguments("PS512", ISSUER.token(Issuer.header(JWSAlgorithm.PS512, "rsa-1"), claims -> claims)),
                arguments("ES256", ISSUER.token(Issuer.header(JWSAlgorithm.ES256, "ec-1"), claims -> claims)),
                arguments("no key id", ISSUER.token(new JWSHeader(JWSAlgorithm.RS256), claims -> claims)),
                arguments(
                        "several audiences",
                        ISSUER.token(claims -> claims.audience(List.of("https://other.test", Issuer.AUDIENCE)))),
                arguments("a clock that is 20 s behind", ISSUER.token(claims -> claims.expirationTime(in(-20)))),
                arguments("a clock that is 20 s ahead", ISSUER.token(claims -> claims.notBeforeTime(in(20)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("accepted")
    void a_token_of_the_issuer_is_accepted(String what, String token) {
        assertThat(statusWith(token)).isEqualTo(503);
    }

    static Stream<Arguments> refused() throws JOSEException {
        var good = ISSUER.token(claims -> claims);
        var claims = new JWTClaimsSet.Builder()
                .issuer(Issuer.NAME)
                .audience(Issuer.AUDIENCE)
                .subject("nobody")
                .expirationTime(in(300))
                .build();
        var shared = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(), claims);
        shared.sign(new MACSigner(ISSUER.rsa.toRSAPublicKey().getEncoded()));
        return Stream.of(
                arguments("expired", ISSUER.token(some -> some.expirationTime(in(-120)))),
                arguments("not valid yet", ISSUER.token(some -> some.notBeforeTime(in(120)))),
                arguments("without an end", ISSUER.token(some -> some.expirationTime(null))),
                arguments("without a subject", ISSUER.token(some -> some.subject(null))),
                arguments("of a subject with a line break", ISSUER.token(some -> some.subject("a\nb"))),
                arguments("of an empty subject", ISSUER.token(some -> some.subject(""))),
                arguments("of another issuer", ISSUER.token(some -> some.issuer("https://other.test"))),
                arguments("for another audience", ISSUER.token(some -> some.audience("https://other.test"))),
                arguments("for no audience", ISSUER.token(some -> some.audience((String) null))),
                arguments(
                        "made for something else",
                        ISSUER.token(
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .keyID("rsa-1")
                                        .type(new JOSEObjectType("logout+jwt"))
                                        .build(),
                                some -> some)),
                arguments(
                        "signed by a key that is not the issuer's",
                        Issuer.sign(Issuer.header(JWSAlgorithm.RS256, "rsa-1"), some -> some, Issuer.rsa("rsa-1"))),
                arguments(
                        "signed by a key that is not known",
                        Issuer.sign(Issuer.header(JWSAlgorithm.RS256, "rsa-9"), some -> some, Issuer.rsa("rsa-9"))),
                arguments("signed with the public key as a secret", shared.serialize()),
                arguments("not signed", new PlainJWT(claims).serialize()),
                arguments("robbed of its signature", good.substring(0, good.lastIndexOf('.') + 1)),
                arguments("changed", good.replaceFirst("\\.[^.]*\\.", ".e30.")),
                arguments("too long", "a".repeat(10_000)),
                arguments("nonsense", "nonsense"));
    }

    private static Date in(int seconds) {
        return Date.from(Instant.now().plusSeconds(seconds));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void any_other_token_is_refused(String what, String token) {
        var reply = api.get(WINDOW, "Authorization", "Bearer " + token);

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("WWW-Authenticate"))
                .startsWith("Bearer realm=\"postbus\", error=\"invalid_token\", error_description=\"");
    }

    @Test
    void what_is_no_bearer_token_is_refused() throws Exception {
        assertThat(api.get(WINDOW, "Authorization", "Basic YW5uYTpzZWNyZXQ=").status())
                .isEqualTo(401);
        assertThat(api.get(WINDOW, "Authorization", "").status()).isEqualTo(401);
        assertThat(api.get(WINDOW + "?access_token=" + ISSUER.token(claims -> claims))
                        .status())
                .isEqualTo(401);
        var good = "Bearer " + ISSUER.token(claims -> claims);
        var twice = api.request(WINDOW)
                .header("Authorization", good)
                .header("Authorization", good)
                .build();
        assertThat(api.send(twice).get().status()).isEqualTo(401);
    }

    /** By method and path of the contract; parameters are filled in. */
    private static Map<String, List<String>> secured() {
        var secured = new HashMap<String, List<String>>();
        var paths = Documented.CONTRACT.getJsonObject("paths");
        Documented.names(paths)
                .forEach(path -> Documented.names(paths.getJsonObject(path))
                        .filter(method -> !method.equals("parameters"))
                        .forEach(method -> {
                            var security = paths.getJsonObject(path)
                                    .getJsonObject(method)
                                    .getJsonArray("security");
                            if (!security.isEmpty()) {
                                secured.put(
                                        method.toUpperCase(java.util.Locale.ROOT) + " "
                                                + path.replaceAll(
                                                        "\\{[^}]*}",
                                                        UUID.randomUUID().toString()),
                                        security.getJsonObject(0).getJsonArray("token").stream()
                                                .map(String.class::cast)
                                                .toList());
                            }
                        }));
        return secured;
    }

    @Test
    void every_operation_that_is_not_open_refuses_whoever_lacks_its_scope_before_it_looks_at_anything() {
        assertThat(secured()).hasSizeGreaterThan(25);
        secured().forEach((name, scopes) -> {
            var call = name.split(" ", -1);
            assertThat(api.call(call[0], call[1], null).status()).as(name).isEqualTo(401);
            if (!scopes.isEmpty()) {
                var others = Set.of("orders:read", "orders:write", "catalog:write", "ops").stream()
                        .filter(scope -> !scopes.contains(scope))
                        .reduce("openid", (all, scope) -> all + " " + scope);
                var refused = api.call(call[0], call[1], null, "Authorization", ISSUER.bearer("c-1", others));
                assertThat(refused.status()).as(name).isEqualTo(403);
                assertThat(refused.json().getString("type")).isEqualTo("/problems/forbidden");
                assertThat(refused.header("WWW-Authenticate"))
                        .isEqualTo("Bearer realm=\"postbus\", error=\"insufficient_scope\", scope=\""
                                + String.join(" ", scopes) + "\"");
            }
        });
    }

    @Test
    void scopes_are_read_as_issuers_write_them() {
        for (var claim : List.of("scope", "scp")) {
            for (var value : List.of("openid ops", List.of("openid", "ops"))) {
                var token = ISSUER.token(claims -> claims.claim(claim, value));
                assertThat(api.get("/ops/nodes", "Authorization", "Bearer " + token)
                                .status())
                        .as(claim + " " + value)
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void health_and_contracts_are_open_and_pages_too() {
        for (var path : List.of("/health/live", "/health/started", "/openapi.yaml", "/asyncapi.yaml")) {
            assertThat(api.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(api.get("/health/live", "Authorization", "Bearer nonsense").status())
                .isEqualTo(200);
    }

    @Test
    void keys_that_the_issuer_replaces_are_replaced() {
        var next = Issuer.rsa("rsa-2");
        var token = Issuer.sign(Issuer.header(JWSAlgorithm.RS256, "rsa-2"), claims -> claims, next);
        assertThat(statusWith(token)).isEqualTo(401);
        try {
            ISSUER.publish(next);

            Await.until("the new key is accepted", Duration.ofSeconds(20), () -> statusWith(token) == 503);
            assertThat(statusWith(ISSUER.token(claims -> claims))).isEqualTo(401);
        } finally {
            ISSUER.publish(ISSUER.rsa, ISSUER.ec);
            Await.until(
                    "the old keys are back",
                    Duration.ofSeconds(20),
                    () -> statusWith(ISSUER.token(claims -> claims)) == 503);
        }
    }

    @Test
    void a_body_that_comes_while_keys_are_asked_for_is_not_lost() {
        var next = Issuer.rsa("rsa-3");
        var published = new AtomicReference<>(new JWKSet(ISSUER.rsa));
        var server = node.vertx()
                .createHttpServer()
                .requestHandler(request -> request.response()
                        .putHeader("Content-Type", "application/jwk-set+json")
                        .end(published.get().toString(true)))
                .listen(0, "127.0.0.1")
                .await();
        var settings = new HashMap<>(ISSUER.settings(Map.of("HTTP_PORT", "0", "REQUEST_TIMEOUT", "PT0.1S")));
        settings.put("AUTH_JWKS", "http://127.0.0.1:" + server.actualPort());
        try (var asking = TestNode.start(settings, GatewayMain.SERVICE)) {
            var door = new Api(asking.httpPort());
            var token = "Bearer "
                    + Issuer.sign(
                            Issuer.header(JWSAlgorithm.RS256, "rsa-3"),
                            claims -> claims.claim("scope", "catalog:write"),
                            next);
            var wish = Map.of("name", "x".repeat(100), "price", Api.money(-1, "EUR"));
            assertThat(door.put("/products/mug", wish, "Authorization", token).status())
                    .isEqualTo(401);
            published.set(new JWKSet(next));

            // The first that is let in is the one for which the keys were asked: its body is read, and is wrong
            Await.until(
                    "the new key is known",
                    Duration.ofSeconds(30),
                    () -> door.put("/products/mug", wish, "Authorization", token)
                                    .status()
                            == 422);
        } finally {
            server.close().await();
        }
    }

    @Test
    void production_refuses_to_start_without_knowing_whose_tokens_to_accept() {
        for (var missing : List.of("AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_JWKS")) {
            var settings = new HashMap<>(ISSUER.settings(Map.of("PROFILE", "production")));
            settings.remove(missing);
            assertThatThrownBy(() -> GatewaySettings.of(Settings.of(settings)))
                    .isInstanceOf(SettingException.class)
                    .hasMessageStartingWith(missing + " is not set, and PROFILE is production");
        }
        var fromAfar = new HashMap<>(ISSUER.settings(Map.of("PROFILE", "production")));
        fromAfar.put("AUTH_JWKS", "http://192.0.2.1/keys");
        assertThatThrownBy(() -> GatewaySettings.of(Settings.of(fromAfar)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("must be an https address");
    }

    @Test
    void a_file_without_keys_ends_the_start() {
        var settings = new HashMap<>(ISSUER.settings(Map.of("HTTP_PORT", "0", "PROFILE", "production")));
        settings.put("AUTH_JWKS", "/nowhere/keys.jwks");
        assertThatThrownBy(() -> TestNode.start(settings, GatewayMain.SERVICE))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("AUTH_JWKS cannot be read: /nowhere/keys.jwks");
    }
}
