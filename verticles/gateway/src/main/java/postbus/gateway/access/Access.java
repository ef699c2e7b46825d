package postbus.gateway.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.node.Profile;
import postbus.node.SettingException;

/** Tells by its {@code Authorization} whom a request is from. Event loop. */
public final class Access {
    private static final Logger LOG = LoggerFactory.getLogger(Access.class);

    /** RFC 6750, section 2.1. */
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([A-Za-z0-9._~+/-]+=*) *");

    private final Profile profile;
    private final @Nullable SigningKeys keys;

    private Access(Profile profile, @Nullable SigningKeys keys) {
        this.profile = profile;
        this.keys = keys;
    }

    /**
     * Completes when tokens can be checked. An issuer that is away is not waited for, since it may come; a file that cannot
     * be read fails.
     */
    public static Future<Access> open(Vertx vertx, AccessSettings settings) {
        if (!settings.profile().isProduction()) {
            LOG.warn("access.open profile=development: who sends no token is the demo user and may do everything");
        }
        if (!settings.acceptsTokens()) {
            return Future.succeededFuture(new Access(settings.profile(), null));
        }
        var source = settings.isAddress()
                ? KeySource.address(vertx, settings.jwks())
                : KeySource.file(vertx, settings.jwks());
        var clock = Clock.systemUTC();
        var keys = new SigningKeys(source, set -> new Tokens(set, settings, clock), System::nanoTime);
        var access = new Access(settings.profile(), keys);
        return keys.start(vertx)
                .map(access)
                .recover(failure -> settings.isAddress()
                        ? Future.succeededFuture(access)
                        : Future.failedFuture(new SettingException(
                                "AUTH_JWKS cannot be read: " + settings.jwks() + ": " + failure.getMessage())));
    }

    /**
     * Whom a request is from. Fails with a {@link Denial}.
     *
     * @param authorization all values of the header
     */
    public Future<Caller> caller(List<String> authorization) {
        if (authorization.isEmpty()) {
            return profile.isProduction() ? Future.failedFuture(Denial.noToken()) : Future.succeededFuture(Caller.DEMO);
        }
        var bearer = BEARER.matcher(authorization.get(0));
        if (authorization.size() > 1 || !bearer.matches()) {
            return Future.failedFuture(Denial.badToken("Authorization must be one bearer token"));
        }
        if (keys == null) {
            return Future.failedFuture(Denial.badToken("this gateway knows no issuer"));
        }
        var known = keys.known(bearer.group(1));
        if (known != null) {
            return Future.succeededFuture(known);
        }
        try {
            var token = Tokens.parse(bearer.group(1));
            return keys.tokensFor(token).map(tokens -> tokens.read(token));
        } catch (Denial denial) {
            return Future.failedFuture(denial);
        }
    }
}
