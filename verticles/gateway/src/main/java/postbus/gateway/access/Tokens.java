package postbus.gateway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads tokens that are signed with one of these keys, for this audience, by this issuer (RFC 7519, RFC 8725, RFC 9068).
 * Only signatures that anybody can check and only the issuer can make: with the algorithms of a shared secret, or none,
 * a public key would do to sign.
 *
 * <p>To check a signature costs more than most requests do, and a client sends its token again and again: what was
 * accepted is remembered until it expires, of the newest {@value #REMEMBERED_MAX} tokens. Event loop.
 */
final class Tokens {
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private static final JOSEObjectType ACCESS_TOKEN = new JOSEObjectType("at+jwt");

    /** 16 KiB; the server's limit of headers is about that. */
    private static final int CHARACTERS_MAX = 16 << 10;

    private static final int NAME_CHARACTERS_MAX = 200;

    /** As the contract has customers: text on one line that is not blank. */
    private static final Pattern SUBJECT = Pattern.compile("(?=.*\\S)[^\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]{1,255}");

    static final int REMEMBERED_MAX = 10_000;

    private final JWKSet keys;
    private final Duration leeway;
    private final Clock clock;
    private final Map<String, Caller> accepted = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Caller> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    Tokens(JWKSet keys, AccessSettings settings, Clock clock) {
        this.keys = keys;
        this.leeway = settings.leeway();
        this.clock = clock;
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, ACCESS_TOKEN, null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(keys)));
        var claims = new ClaimsVerifier(settings, clock);
        claims.setMaxClockSkew(Math.toIntExact(settings.leeway().toSeconds()));
        processor.setJWTClaimsSetVerifier(claims);
    }

    private static final class ClaimsVerifier extends DefaultJWTClaimsVerifier<SecurityContext> {
        private final Clock clock;

        ClaimsVerifier(AccessSettings settings, Clock clock) {
            super(
                    settings.audience(),
                    new JWTClaimsSet.Builder().issuer(settings.issuer()).build(),
                    Set.of("sub", "exp"));
            this.clock = clock;
        }

        @Override
        protected Date currentTime() {
            return Date.from(clock.instant());
        }
    }

    /** Whether the key that a token names is one of these; a token that names none may be signed with any. */
    boolean knowsKeyOf(SignedJWT token) {
        var id = token.getHeader().getKeyID();
        return id == null || keys.getKeyByKeyId(id) != null;
    }

    /** Whom a token is of that was accepted before, and still is; null for any other. */
    @Nullable
    Caller known(String text) {
        var known = accepted.get(text);
        return known != null && known.isKnownAt(clock.instant()) ? known : null;
    }

    /** Fails with a {@link Denial} for what is no signed JWT, without looking at the signature. */
    static SignedJWT parse(String text) {
        if (text.length() > CHARACTERS_MAX) {
            throw Denial.badToken("it is longer than " + CHARACTERS_MAX + " characters");
        }
        try {
            var token = SignedJWT.parse(text);
            if (!ALGORITHMS.contains(token.getHeader().getAlgorithm())) {
                throw Denial.badToken("it is signed by an algorithm that is not accepted");
            }
            return token;
        } catch (ParseException | IllegalArgumentException e) {
            throw Denial.badToken("it is no signed JWT");
        }
    }

    /** Fails with a {@link Denial} for what is not accepted. */
    Caller read(SignedJWT token) {
        try {
            var caller = caller(processor.process(token, null));
            accepted.put(token.getParsedString(), caller);
            return caller;
        } catch (BadJOSEException | JOSEException e) {
            throw Denial.badToken(String.valueOf(e.getMessage()));
        } catch (ParseException e) {
            throw Denial.badToken("a claim is not of its type");
        }
    }

    private Caller caller(JWTClaimsSet claims) throws ParseException {
        var subject = claims.getSubject();
        if (!SUBJECT.matcher(subject).matches()) {
            throw Denial.badToken("its sub is not 1 to 255 characters on one line");
        }
        return new Caller(
                subject,
                name(subject, claims.getStringClaim("preferred_username")),
                scopes(claims),
                claims.getExpirationTime().toInstant().plus(leeway));
    }

    /** The issuer may give a name to one after another; the subject stays. */
    private static String name(String subject, @Nullable String name) {
        var both = name + " (" + subject + ")";
        return name == null
                        || both.length() > NAME_CHARACTERS_MAX
                        || !SUBJECT.matcher(both).matches()
                ? subject.substring(0, Math.min(subject.length(), NAME_CHARACTERS_MAX))
                : both;
    }

    /** {@code scope} is text with spaces (RFC 8693); some issuers have {@code scp} instead, or lists. */
    private static Set<String> scopes(JWTClaimsSet claims) {
        var scopes = new HashSet<String>();
        for (var name : List.of("scope", "scp")) {
            var value = claims.getClaim(name);
            if (value instanceof String text) {
                scopes.addAll(List.of(text.trim().split(" +", -1)));
            } else if (value instanceof Collection<?> many) {
                many.forEach(each -> scopes.add(String.valueOf(each)));
            }
        }
        return scopes;
    }
}
