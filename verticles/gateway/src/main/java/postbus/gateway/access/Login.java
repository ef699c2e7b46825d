package postbus.gateway.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows where people log in, from what the issuer says about itself: asked for at the start, again until it answers, and
 * every hour after that. Event loop.
 */
public final class Login {
    private static final Logger LOG = LoggerFactory.getLogger(Login.class);

    private static final String DISCOVERY = "/.well-known/openid-configuration";
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final AccessSettings access;
    private final LoginSettings settings;
    private @Nullable Provider provider;

    public Login(Vertx vertx, AccessSettings access, LoginSettings settings) {
        this.vertx = vertx;
        this.access = access;
        this.settings = settings;
    }

    /** Begins to ask. Completes when there was an answer, or none; a provider that is away is not waited for. */
    public Future<Void> start() {
        if (!settings.isPossible()) {
            return Future.succeededFuture();
        }
        var issuer = access.issuer();
        var source = KeySource.address(
                vertx, (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + DISCOVERY);
        return ask(source);
    }

    private Future<Void> ask(KeySource source) {
        return source.read()
                .map(this::read)
                .onComplete(asked -> {
                    if (asked.succeeded()) {
                        provider = asked.result();
                    } else {
                        LOG.warn(
                                "login.undiscovered issuer={}: {}",
                                access.issuer(),
                                asked.cause().toString());
                    }
                    var pause = asked.succeeded() ? EVERY : PAUSE;
                    vertx.setTimer(pause.toMillis(), later -> ask(source));
                })
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private Provider read(Buffer answer) {
        var said = new JsonObject(answer);
        if (!access.issuer().equals(said.getString("issuer"))) {
            throw new IllegalArgumentException("it says that it is " + said.getString("issuer"));
        }
        return new Provider(
                access.issuer(),
                address(said, "authorization_endpoint"),
                address(said, "token_endpoint"),
                settings.clientId(),
                settings.scope());
    }

    private String address(JsonObject said, String name) {
        var address = said.getString(name, "");
        if (access.profile().isProduction()) {
            AccessSettings.requirePrivate(name, address);
        }
        return URI.create(address).toString();
    }

    /** Where to log in; null where nobody can, or nothing is known yet. */
    public @Nullable Provider provider() {
        return provider;
    }

    /** The origin that a browser asks for tokens; empty when there is none. */
    public String tokenOrigin() {
        var known = provider;
        if (known == null) {
            return "";
        }
        var uri = URI.create(known.tokenEndpoint());
        return uri.getScheme() + "://" + uri.getAuthority();
    }
}
