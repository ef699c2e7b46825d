package postbus.node;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Observer;
import postbus.messaging.relay.Relay;
import postbus.messaging.trace.Tracing;
import postbus.messaging.wire.Wire;
import postbus.node.command.Commands;

/**
 * A process of the cluster: starts services in the right order, and ends them in the reverse one.
 *
 * <p>Start: join the cluster (or not), open the HTTP port, migrate schemas, deploy, be ready. End: stop being ready, let
 * the other nodes know that nothing is to be sent here any more, undeploy (services finish what they have in hand), leave
 * the cluster. Methods block: not for an event loop.
 */
public final class Node implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";

    private static final Duration WITHDRAW_MAX = Duration.ofSeconds(1);
    /** In which others hear that nothing is to be sent here, and what they sent before arrives. */
    private static final Duration LAST_CALL = Duration.ofSeconds(1);

    private static final Duration DRAIN_MAX = Duration.ofSeconds(5);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(1);
    /** For all of these and for leaving the cluster. */
    private static final Duration END_MAX = Duration.ofSeconds(9);

    private final Vertx vertx;
    private final PrometheusMeterRegistry metrics;
    private final Gauges gauges;
    private final Measures measures;
    private final Health health = new Health(List.of("serving", "database", "cluster"));
    private final List<Relay> relays = new CopyOnWriteArrayList<>();
    private final Reporter reporter;
    private final JvmGcMetrics collections;
    private final ThreadLag lag;
    private final List<Pool> pools = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> poolSizes = new ConcurrentSkipListMap<>();
    private final Deque<String> deployments = new ConcurrentLinkedDeque<>();
    private volatile @Nullable Database database;
    private volatile boolean isStarted;
    private volatile @Nullable Traces traces;
    private volatile boolean isEnding;
    private volatile int httpPort;
    private volatile String httpHost = LOOPBACK;

    private Node(Vertx vertx, PrometheusMeterRegistry metrics, JvmGcMetrics collections) {
        this.collections = collections;
        this.vertx = vertx;
        this.metrics = metrics;
        this.gauges = new Gauges(metrics);
        this.measures = new Measures(metrics, Clock.systemUTC());
        this.reporter = new Reporter(vertx, id(vertx), measures, health, relays);
        new RelayGauges(relays).addTo(gauges, measures);
        this.lag = new ThreadLag(threadsByKind(), System::nanoTime);
        new NodeGauges(lag, reporter, poolSizes).addTo(gauges);
        lag.start();
        health.add("serving", this::serving);
        if (((VertxInternal) vertx).clusterManager() instanceof Member member) {
            health.add("cluster", () -> cluster(member));
        }
    }

    private static String id(Vertx vertx) {
        return ((VertxInternal) vertx).clusterManager() instanceof Member member
                ? member.getNodeId()
                : UUID.randomUUID().toString();
    }

    private static Future<?> cluster(Member member) {
        var problem = member.problem();
        return problem == null ? Future.succeededFuture() : Future.failedFuture(problem);
    }

    private Future<?> serving() {
        return isStarted && !isEnding
                ? Future.succeededFuture()
                : Future.failedFuture(isEnding ? "draining" : "starting");
    }

    /**
     * The main method of a fat jar: runs one service as a member of the cluster until SIGTERM or SIGINT, then drains
     * and exits with 0. A setting that is missing or wrong is one line on standard error and exit code 2; a start that
     * fails otherwise is exit code 1. With arguments it runs the command they name instead, see
     * {@link postbus.node.command}.
     */
    public static void main(NodeService service, String[] arguments) {
        var folder = Path.of(System.getenv().getOrDefault("CONF_DIR", "conf"));
        if (arguments.length > 0) {
            Runtime.getRuntime()
                    .exit(Commands.run(
                            service.name(),
                            () -> Settings.load(folder, service.name(), System.getenv()),
                            service.commands(),
                            arguments));
        }
        try {
            useLogging(folder, System.getenv());
        } catch (SettingException e) {
            System.err.println(service.name() + ": " + e.getMessage());
            Runtime.getRuntime().halt(NodeRun.WRONG_SETTING);
        }
        new NodeRun(service).start(folder);
    }

    /**
     * Logs by {@code logback.xml} of this folder, if it is there, in the form that {@code LOG_FORMAT} of {@code
     * cluster.yaml} or of the environment names. Before the first logger is made.
     */
    public static void useLogging(Path folder, Map<String, String> environment) {
        Logging.use(folder, Settings.load(folder, "cluster", environment));
    }

    /** What a node that runs this service can be told, with the defaults. Reads all of it, and starts nothing. */
    public static List<Settings.Asked> settingsOf(NodeService service) {
        var settings = Settings.of(Map.of("DATABASE_URL", "postgresql://user:password@127.0.0.1/postbus"));
        Logging.format(settings);
        TracesSettings.of(settings);
        Cluster.of(settings);
        NodeRun.Patience.of(settings);
        if (!service.servesHttp()) {
            address(settings);
        }
        var node = alone();
        try {
            var unused = service.verticle().apply(new NodeContext(service, node, settings));
            if (service.hasSchema()) {
                SchemaUpdate.of(settings, node.vertx);
            }
        } finally {
            node.close();
        }
        return settings.asked();
    }

    /** A node of the cluster the settings name. */
    public static Node joinCluster(Settings settings) {
        var cluster = Cluster.of(settings);
        return create((builder, options) -> cluster.join(builder, options));
    }

    /** A node alone: every service it runs is in this JVM. */
    public static Node alone() {
        return create((builder, options) ->
                Future.succeededFuture(builder.with(options).build()));
    }

    private interface Start {
        Future<Vertx> with(VertxBuilder builder, VertxOptions options);
    }

    /** Whoever sends a request may think up methods; each would be a label for ever. */
    private static MeterFilter knownMethods() {
        return MeterFilter.replaceTagValues(
                "method",
                method -> "_OTHER",
                HttpMethod.values().stream().map(HttpMethod::name).toArray(String[]::new));
    }

    private static Node create(Start start) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().meterFilter(knownMethods());
        var collections = new JvmGcMetrics();
        collections.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        var options = new VertxOptions().setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
        var builder = Vertx.builder().withMetrics(new MicrometerMetricsFactory(registry));
        var vertx = start.with(builder, options).await();
        Wire.register(vertx);
        return new Node(vertx, registry, collections);
    }

    /**
     * Opens the HTTP port, migrates and deploys services, in this order, and is ready then. Once. Fails when the node is
     * closed meanwhile.
     *
     * @param settings of each service, by name
     */
    public void deploy(List<NodeService> services, Function<String, Settings> settings) {
        trace(TracesSettings.of(settings.apply(services.get(0).name())));
        // First of all every setting is read, so that a wrong one is told at once and not after the database answered
        var contexts = services.stream()
                .map(service -> new NodeContext(service, this, settings.apply(service.name())))
                .toList();
        var verticles = IntStream.range(0, services.size())
                .mapToObj(nth -> services.get(nth).verticle().apply(contexts.get(nth)))
                .toList();
        httpHost = settings.apply(serving(services).name()).text("HTTP_HOST", LOOPBACK);
        reporter.start(contexts.stream().map(NodeContext::name).toList());
        if (services.stream().noneMatch(NodeService::servesHttp)) {
            listen(settings.apply(services.get(0).name())); // so that who looks sees it wait for its database
        }
        for (int nth = 0; nth < services.size(); nth++) {
            if (services.get(nth).hasSchema()) {
                requireOpen();
                var context = contexts.get(nth);
                SchemaUpdate.of(context.settings(), vertx).run(context.name(), this::isEnding);
            }
        }
        var used = database;
        if (used != null) {
            used.requireTrusted();
        }
        for (var verticle : verticles) {
            requireOpen();
            deployments.push(
                    vertx.deployVerticle(verticle, new DeploymentOptions()).await());
        }
        requireOpen();
        isStarted = true;
    }

    /** Whose HTTP port is the node's. */
    private static NodeService serving(List<NodeService> services) {
        return services.stream().filter(NodeService::servesHttp).findFirst().orElse(services.get(0));
    }

    private void trace(TracesSettings settings) {
        if (settings.isOn()) {
            var sending = new Traces(settings);
            traces = sending;
            Tracing.on(vertx, sending::tracer);
        }
    }

    private void requireOpen() {
        if (isEnding) {
            throw new IllegalStateException("the node was closed while it started");
        }
    }

    private void listen(Settings settings) {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(opsRoutes())
                .listen(address(settings))
                .await();
        listensOn(server.actualPort());
    }

    private static SocketAddress address(Settings settings) {
        return SocketAddress.inetSocketAddress(
                settings.integer("HTTP_PORT", 0, 0, 65_535), settings.text("HTTP_HOST", LOOPBACK));
    }

    void listensOn(int port) {
        httpPort = port;
        reporter.listensOn(httpHost, port);
    }

    /** The Vert.x of this node. */
    public Vertx vertx() {
        return vertx;
    }

    /** Where the node answers HTTP. */
    public int httpPort() {
        return httpPort;
    }

    Router opsRoutes() {
        return new Ops(vertx, health, () -> isStarted, this::scrape).routes();
    }

    private String scrape() {
        gauges.refresh();
        return metrics.scrape();
    }

    /** Runs a task when the cluster has answered; at once on a node alone. See {@link Member#afterCheck}. */
    Executor clusterChecks() {
        return ((VertxInternal) vertx).clusterManager() instanceof Member member ? member::afterCheck : Runnable::run;
    }

    /** What runs handlers: each event loop, and virtual threads. By a name for the log. */
    Map<String, Executor> threads() {
        var threads = new LinkedHashMap<String, Executor>();
        int number = 0;
        for (var loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
            threads.put("event loop " + number++, loop);
        }
        threads.put("virtual threads", Thread::startVirtualThread);
        return threads;
    }

    private Map<String, List<Executor>> threadsByKind() {
        var kinds = new LinkedHashMap<String, List<Executor>>();
        var loops = new ArrayList<Executor>();
        ((VertxInternal) vertx).nettyEventLoopGroup().forEach(loops::add);
        kinds.put("event-loop", loops);
        kinds.put("virtual", List.of(Thread::startVirtualThread));
        kinds.put("worker", List.of(((VertxInternal) vertx).workerPool().executor()));
        return kinds;
    }

    boolean isEnding() {
        return isEnding;
    }

    Gauges gauges() {
        return gauges;
    }

    /** Counts what becomes of messages on this node. */
    public Observer observer() {
        return measures;
    }

    /** Tells, from now on, what this relay knows, in metrics and in what the node reports to others. */
    public void report(Relay relay) {
        relays.add(relay);
    }

    /** What a service gets. The node asks this database whether it is there, on a connection of its own. */
    Pool owned(Pool pool, String name, int size, Database database) {
        poolSizes.put(name, size);
        if (this.database == null) {
            this.database = database;
            var probe = database.probe(vertx);
            pools.add(probe);
            health.add("database", () -> probe.query("select 1").execute());
        }
        pools.add(pool);
        return pool;
    }

    /**
     * Drains and ends everything it started, within 10 s: at most 5 s for what is in hand, then it is left to be
     * redelivered.
     */
    @Override
    public void close() {
        isEnding = true;
        reporter.leave();
        var end = System.nanoTime() + END_MAX.toNanos();
        if (((VertxInternal) vertx).clusterManager() instanceof Member member && member.hasOthers()) {
            member.sayGoodbye(vertx);
            await("withdraw", member.withdraw(), WITHDRAW_MAX);
            await("last call", vertx.timer(LAST_CALL.toMillis(), TimeUnit.MILLISECONDS), LAST_CALL.multipliedBy(2));
        }
        await("drain", undeployAll(), DRAIN_MAX);
        var sending = traces;
        if (sending != null) {
            sending.close();
        }
        await("pools", Future.join(pools.stream().map(Pool::close).toList()), CLOSE_MAX);
        lag.close();
        collections.close();
        await("cluster", vertx.close(), Duration.ofNanos(end - System.nanoTime()));
    }

    private Future<?> undeployAll() {
        Future<?> done = Future.succeededFuture();
        for (var deployment : deployments) { // the last deployed first
            done = done.otherwiseEmpty().compose(ended -> vertx.undeploy(deployment));
        }
        return done;
    }

    private static void await(String what, Future<?> future, Duration max) {
        try {
            future.await(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log().warn("node.end step={} is not done after {}, going on", what, max);
        } catch (Exception e) {
            log().warn("node.end step={} failed", what, e);
        }
    }

    /** Made late: the first logger of a process makes logback read its configuration, which {@link #main} says. */
    private static Logger log() {
        return LoggerFactory.getLogger(Node.class);
    }
}
