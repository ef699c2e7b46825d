package postbus.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;

/** Shows the contract for reading and trying at {@code /docs}, drawn by Swagger UI; all of it comes from here. */
final class Docs {
    private static final String PAGE = "postbus/gateway/docs";

    /** The version is that of the root pom. */
    private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/5.34.1";

    /** Swagger UI draws its icons by data URLs, and sets styles of elements. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private Docs() {}

    static Router routes(Vertx vertx) {
        var router = Router.router(vertx);
        router.getWithRegex("/docs")
                .handler(http -> http.response()
                        .setStatusCode(302)
                        .putHeader(HttpHeaders.LOCATION, "docs/")
                        .end());
        router.get("/docs/*").handler(Docs::secure);
        router.get("/docs/*").handler(files(PAGE));
        router.get("/docs/*").handler(files(SWAGGER_UI));
        return router;
    }

    private static StaticHandler files(String folder) {
        // The files change with the release and keep their names
        return StaticHandler.create(folder).setCachingEnabled(false).setIncludeHidden(false);
    }

    private static void secure(RoutingContext http) {
        http.response().putHeader("Content-Security-Policy", POLICY).putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        http.next();
    }
}
