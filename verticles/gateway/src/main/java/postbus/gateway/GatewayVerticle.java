package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.gateway.access.Access;
import postbus.gateway.access.Login;
import postbus.messaging.Shards;

/** Serves the contract over HTTP, on the event loop: each request becomes a question or command to one service. */
final class GatewayVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayVerticle.class);

    private final GatewaySettings settings;
    private final Shards shards;
    private final Overview overview = new Overview(Clock.systemUTC(), System::nanoTime);
    private final Supplier<Router> ops;
    private final IntConsumer listensOn;
    private final Connections connections;
    private @Nullable HttpServer server;
    private @Nullable HttpServer opsServer;
    private @Nullable EventStreams streams;
    private @Nullable LiveEvents live;
    private @Nullable Login login;

    /**
     * @param ops makes the routes of the node's health and metrics
     * @param listensOn is told the port
     * @param isEnding whether clients had better ask another gateway from now on
     */
    GatewayVerticle(GatewaySettings settings, Supplier<Router> ops, IntConsumer listensOn, BooleanSupplier isEnding) {
        this(settings, Shards.NONE, ops, listensOn, isEnding);
    }

    /**
     * The same.
     *
     * @param shards which services are split
     */
    GatewayVerticle(
            GatewaySettings settings,
            Shards shards,
            Supplier<Router> ops,
            IntConsumer listensOn,
            BooleanSupplier isEnding) {
        this.settings = settings;
        this.shards = shards;
        this.ops = ops;
        this.listensOn = listensOn;
        this.connections = new Connections(
                settings.connectionsMax(), settings.readMax(), settings.idleTimeout(), isEnding, System::nanoTime);
    }

    @Override
    public Future<?> start() {
        return overview.listen(vertx)
                .compose(heard -> Access.open(vertx, settings.access()))
                .compose(access -> Contract.load(vertx).map(contract -> router(contract, access, vertx)))
                .compose(router -> Objects.requireNonNull(live)
                        .start()
                        .compose(heard -> Objects.requireNonNull(login).start())
                        .compose(known -> listen(router)));
    }

    /** Who answers what. */
    Router router(Contract contract, Access access, Vertx vertx) {
        var services = new Services(vertx, settings.requestTimeout(), shards);
        var orders = new OrderRoutes(services);
        var products = new ProductRoutes(services);
        var stock = new StockRoutes(services);
        var roster = new Roster(services, "service", settings::deadLettersOf);
        var deadLetters = new DeadLetterRoutes(services, roster);
        var subscriptions = new SubscriptionRoutes(services, roster);
        var decisions = new DecisionRoutes(roster);
        var live = new LiveEvents(vertx, services);
        var login = new Login(vertx, settings.access(), settings.login());
        this.login = login;
        this.live = live;
        var events = new EventRoutes(live, orders);
        var messages = new MessageRoutes(services, new Roster(services, "source", live::sources));
        var overviews = new OverviewRoutes(vertx, overview);
        var streams = new EventStreams(vertx, settings.eventStreamsMax(), settings.heartbeatEvery());
        this.streams = streams;
        return new Routes(
                        vertx,
                        contract,
                        new Admission(access, settings.quota()),
                        streams,
                        List.of(
                                connections,
                                new SafeHeaders(settings.tls().isOn()),
                                new Cors(Set.copyOf(settings.corsOrigins()))))
                .on("placeOrder", orders::place)
                .on("getOrder", orders::get)
                .on("listOrders", orders::list)
                .on("cancelOrder", orders::cancel)
                .streaming("followOrder", events::ofOrder)
                .streaming("followEvents", events::all)
                .on("listProducts", products::list)
                .on("defineProduct", products::define)
                .on("getStock", stock::get)
                .on("receiveDelivery", stock::receive)
                .on("findMessages", messages::find)
                .on("getMessage", messages::get)
                .on("getMessageTree", messages::tree)
                .on("listDeadLetters", deadLetters::list)
                .on("getDeadLetter", deadLetters::get)
                .on("retryDeadLetter", deadLetters::retry)
                .on("discardDeadLetter", deadLetters::discard)
                .on("retryDeadLetters", deadLetters::retryAll)
                .on("discardDeadLetters", deadLetters::discardAll)
                .on("groupDeadLetters", deadLetters::groups)
                .on("pauseSubscription", subscriptions::pause)
                .on("resumeSubscription", subscriptions::resume)
                .on("replaySubscription", subscriptions::replay)
                .on("listDecisions", decisions::list)
                .on("getOverview", overviews::overview)
                .on("listNodes", overviews::nodes)
                .on("listSubscriptions", overviews::subscriptions)
                .streaming("watchOverview", overviews::live)
                .on("getContract", request -> Future.succeededFuture(contract.asAnswer()))
                .on("getMessageContract", request -> Future.succeededFuture(contract.messagesAsAnswer()))
                .pages(router -> router.route().handler(new WebFiles("console", "/", "/console/", login::tokenOrigin)))
                .pages(router -> router.route()
                        .handler(new ConsoleConfig(settings.access().profile(), login)))
                .pages(router -> router.route("/*").subRouter(Docs.routes(vertx)))
                .with(ops.get(), "getLiveness", "getStarted", "getReadiness", "getMetrics");
    }

    private Future<HttpServer> listen(Router router) {
        var options = settings.server();
        if (!settings.tls().isOn()) {
            return listen(router, options).compose(this::listenForOps);
        }
        var certificate = new Certificate(vertx, settings.tls());
        return certificate
                .read()
                .compose(pair -> listen(router, options.setKeyCertOptions(pair)))
                .onSuccess(http -> certificate.renew(http, options.getSslOptions()))
                .compose(this::listenForOps);
    }

    private Future<HttpServer> listen(Router router, HttpServerOptions options) {
        connections.start(vertx);
        var http = vertx.createHttpServer(options)
                .connectionHandler(connections::accept)
                .invalidRequestHandler(Problems::handleUnreadable)
                .requestHandler(router);
        server = http;
        return http.listen().onSuccess(listening -> {
            LOG.info("gateway.listening host={} port={}", settings.host(), listening.actualPort());
            listensOn.accept(listening.actualPort());
        });
    }

    /** Health and metrics once more, for those who have no token: probes and whoever measures, inside the cluster. */
    private Future<HttpServer> listenForOps(HttpServer http) {
        if (settings.opsPort() == 0) {
            return Future.succeededFuture(http);
        }
        var second = vertx.createHttpServer().requestHandler(ops.get());
        opsServer = second;
        return second.listen(settings.opsPort(), settings.host()).map(http);
    }

    /** Takes no new requests and answers those in hand; none of them takes longer than the request timeout, but for event streams, which end at once. */
    @Override
    public Future<?> stop() {
        if (streams != null) {
            streams.end();
        }
        var http = server;
        if (http == null) {
            return Future.succeededFuture();
        }
        var closed = opsServer == null ? Future.<Void>succeededFuture() : opsServer.close();
        return closed.otherwiseEmpty()
                .compose(ended -> http.shutdown(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS));
    }
}
