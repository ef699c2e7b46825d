package postbus.shop;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An OpenID provider with one user, anna, and one public client: discovery, a page to log in, codes that are good once and
 * for whoever has the verifier (RFC 7636), tokens that are signed.
 */
final class OpenIdProvider implements AutoCloseable {
    static final String CLIENT = "console";
    static final String AUDIENCE = "https://shop.test";

    private record Asked(String redirectUri, String challenge, String scope) {}

    private final Vertx vertx = Vertx.vertx();
    private final RSAKey key;
    private final HttpServer server;
    private final Map<String, Asked> codes = new ConcurrentHashMap<>();

    /** How many tokens were given out. */
    final AtomicInteger given = new AtomicInteger();

    OpenIdProvider() {
        try {
            key = new RSAKeyGenerator(2048).keyID("provider").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        var router = Router.router(vertx);
        router.get("/.well-known/openid-configuration")
                .handler(http -> json(
                        http,
                        JsonObject.of(
                                "issuer",
                                issuer(),
                                "authorization_endpoint",
                                issuer() + "/authorize",
                                "token_endpoint",
                                issuer() + "/token",
                                "jwks_uri",
                                jwks())));
        router.get("/keys").handler(http -> json(http, new JsonObject(new JWKSet(key).toJSONObject())));
        router.get("/authorize").handler(this::authorize);
        router.post("/token").handler(BodyHandler.create(false)).handler(this::token);
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await();
    }

    String issuer() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    private String jwks() {
        return issuer() + "/keys";
    }

    /** What a gateway in production needs to know of it. */
    Map<String, String> settings() {
        return Map.of(
                "PROFILE",
                "production",
                "AUTH_ISSUER",
                issuer(),
                "AUTH_AUDIENCE",
                AUDIENCE,
                "AUTH_JWKS",
                jwks(),
                "OIDC_CLIENT_ID",
                CLIENT);
    }

    /** A token for asking without a browser. */
    String token(String subject, String scope) {
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    new JWTClaimsSet.Builder()
                            .issuer(issuer())
                            .audience(AUDIENCE)
                            .subject(subject)
                            .claim("preferred_username", "anna")
                            .claim("scope", scope)
                            .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                            .build());
            token.sign(new RSASSASigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void authorize(RoutingContext http) {
        var asked = http.request().params();
        if (!CLIENT.equals(asked.get("client_id"))
                || !"code".equals(asked.get("response_type"))
                || !"S256".equals(asked.get("code_challenge_method"))) {
            http.response().setStatusCode(400).end();
            return;
        }
        var code = UUID.randomUUID().toString();
        codes.put(code, new Asked(asked.get("redirect_uri"), asked.get("code_challenge"), asked.get("scope")));
        http.response()
                .putHeader("Content-Type", "text/html")
                .end("<title>Provider</title><a href=\"" + asked.get("redirect_uri") + "?code=" + code + "&state="
                        + asked.get("state") + "\">I am anna</a>");
    }

    private void token(RoutingContext http) {
        http.response().putHeader("Access-Control-Allow-Origin", "*"); // no cookies are meant
        var form = http.request().formAttributes();
        var asked = codes.remove(String.valueOf(form.get("code")));
        if (asked == null
                || !"authorization_code".equals(form.get("grant_type"))
                || !asked.redirectUri().equals(form.get("redirect_uri"))
                || !asked.challenge().equals(challenge(form.get("code_verifier")))) {
            http.response().setStatusCode(400);
            json(http, JsonObject.of("error", "invalid_grant"));
            return;
        }
        given.incrementAndGet();
        var token = token("u-anna", asked.scope());
        json(http, JsonObject.of("access_token", token, "token_type", "Bearer", "expires_in", 600, "id_token", token));
    }

    private static String challenge(String verifier) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void json(RoutingContext http, JsonObject body) {
        http.response().putHeader("Content-Type", "application/json").end(body.toBuffer());
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
