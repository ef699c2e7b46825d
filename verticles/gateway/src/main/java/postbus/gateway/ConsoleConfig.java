package postbus.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import postbus.gateway.access.Login;
import postbus.gateway.access.Provider;
import postbus.node.Profile;

/** Tells the console, before anybody has logged in, whether and where to. */
final class ConsoleConfig implements Handler<RoutingContext> {
    private static final String PATH = "/console/config.json";

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Config(String profile, @Nullable Provider login) {}

    private final Profile profile;
    private final Login login;

    ConsoleConfig(Profile profile, Login login) {
        this.profile = profile;
        this.login = login;
    }

    @Override
    public void handle(RoutingContext http) {
        if (!PATH.equals(http.request().path()) || !http.request().method().equals(HttpMethod.GET)) {
            http.next();
            return;
        }
        http.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(HttpJson.write(new Config(profile.name().toLowerCase(Locale.ROOT), login.provider())));
    }
}
