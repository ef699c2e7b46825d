package postbus.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import postbus.messaging.Problem;
import postbus.node.Profile;

class SigningKeysTest {
    private static final AccessSettings SETTINGS =
            new AccessSettings(Profile.PRODUCTION, "issuer", "shop", "keys", Duration.ZERO);
    private static final ECKey OLD = key("old");
    private static final ECKey NEW = key("new");

    /** Answers are given by hand. */
    private static final class ByHand implements KeySource {
        final List<Promise<Buffer>> asked = new ArrayList<>();

        @Override
        public Future<Buffer> read() {
            Promise<Buffer> promise = Promise.promise();
            asked.add(promise);
            return promise.future();
        }

        void answer(ECKey... keys) {
            answer(new JWKSet(List.of(keys)).toString(true));
        }

        void answer(String text) {
            asked.get(asked.size() - 1).complete(Buffer.buffer(text));
        }

        void fail() {
            asked.get(asked.size() - 1).fail("away");
        }

        @Override
        public Duration lookEvery() {
            return Duration.ofDays(1);
        }
    }

    private final ByHand source = new ByHand();
    private long nanos;
    private final SigningKeys keys =
            new SigningKeys(source, set -> new Tokens(set, SETTINGS, Clock.systemUTC()), () -> nanos);

    private static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SignedJWT token(ECKey key) {
        try {
            var token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .keyID(key.getKeyID())
                            .build(),
                    new JWTClaimsSet.Builder()
                            .issuer("issuer")
                            .audience("shop")
                            .subject("anna")
                            .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                            .build());
            token.sign(new ECDSASigner(key));
            return token;
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private Future<Caller> read(ECKey key) {
        var token = token(key);
        return keys.tokensFor(token).map(tokens -> tokens.read(token));
    }

    private void pass() {
        nanos += Duration.ofSeconds(SigningKeys.PAUSE_SECONDS).toNanos();
    }

    @Test
    void keys_are_read_when_a_token_comes_and_none_are_known() {
        var caller = read(OLD);
        assertThat(caller.isComplete()).isFalse();
        source.answer(OLD);

        assertThat(caller.result().subject()).isEqualTo("anna");
        assertThat(read(OLD).succeeded()).isTrue();
        assertThat(source.asked).hasSize(1);
    }

    @Test
    void a_key_that_is_not_known_is_looked_for_but_not_all_the_time() {
        read(OLD);
        source.answer(OLD);
        assertThat(read(NEW).failed()).isTrue();
        assertThat(source.asked).hasSize(1);

        pass();
        var caller = read(NEW);
        var other = read(NEW);
        source.answer(NEW);

        assertThat(caller.succeeded()).isTrue();
        assertThat(other.succeeded()).isTrue();
        assertThat(source.asked).hasSize(2);
        assertThat(read(OLD).failed()).isTrue();
    }

    @Test
    void while_keys_cannot_be_read_those_that_are_known_stay() {
        read(OLD);
        source.answer(OLD);
        for (var answer :
                List.of("away", "nonsense", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}")) {
            pass();
            var caller = read(NEW);
            if (answer.equals("away")) {
                source.fail();
            } else {
                source.answer(answer);
            }
            assertThat(caller.failed()).as(answer).isTrue();
            assertThat(read(OLD).succeeded()).as(answer).isTrue();
        }
    }

    @Test
    void as_long_as_no_key_is_known_nobody_is_told_that_a_token_is_wrong() {
        var caller = read(OLD);
        source.fail();

        for (var refused : List.of(caller, read(OLD))) {
            assertThatThrownBy(refused::await)
                    .isInstanceOfSatisfying(
                            Denial.class, denial -> assertThat(denial.problem()).isEqualTo(Problem.UNAVAILABLE));
        }
        assertThat(source.asked).hasSize(1);
    }
}
