package postbus.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Signs tokens with keys of its own, whose public halves are in a file. */
final class Issuer implements AutoCloseable {
    static final String NAME = "https://issuer.test";
    static final String AUDIENCE = "https://shop.test";

    final RSAKey rsa = rsa("rsa-1");
    final ECKey ec = ec("ec-1");
    final Path file;

    Issuer() {
        try {
            file = Files.createTempFile("issuer", ".jwks");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        publish(rsa, ec);
    }

    static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey ec(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is accepted from now on. */
    void publish(JWK... keys) {
        try {
            var next = Files.createTempFile("issuer", ".next");
            Files.writeString(next, new JWKSet(List.of(keys)).toString(true));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> settings(Map<String, String> others) {
        var all = new HashMap<>(others);
        all.put("AUTH_ISSUER", NAME);
        all.put("AUTH_AUDIENCE", AUDIENCE);
        all.put("AUTH_JWKS", file.toString());
        return all;
    }

    /** As a value of {@code Authorization}. */
    String bearer(String subject, String scopes) {
        return "Bearer " + token(claims -> claims.subject(subject).claim("scope", scopes));
    }

    String token(UnaryOperator<JWTClaimsSet.Builder> claims) {
        return token(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa-1").build(), claims);
    }

    /** @param claims changes what would make a good token of nobody in particular */
    String token(JWSHeader header, UnaryOperator<JWTClaimsSet.Builder> claims) {
        return sign(header, claims, JWSAlgorithm.Family.EC.contains(header.getAlgorithm()) ? ec : rsa);
    }

    static String sign(JWSHeader header, UnaryOperator<JWTClaimsSet.Builder> claims, JWK key) {
        try {
            var good = new JWTClaimsSet.Builder()
                    .issuer(NAME)
                    .audience(AUDIENCE)
                    .subject("nobody")
                    .expirationTime(Date.from(Instant.now().plusSeconds(300)));
            var token = new SignedJWT(header, claims.apply(good).build());
            token.sign(key instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner(key.toRSAKey()));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWSHeader header(JWSAlgorithm algorithm, String key) {
        return new JWSHeader.Builder(algorithm)
                .keyID(key)
                .type(new JOSEObjectType("at+jwt"))
                .build();
    }

    @Override
    public void close() {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
