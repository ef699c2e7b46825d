package postbus.bench.cells;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import postbus.bench.Arguments;
import postbus.contracts.inventory.GetStock;
import postbus.contracts.inventory.StockLevel;
import postbus.gateway.GatewayMain;
import postbus.messaging.MessageJson;
import postbus.messaging.MessageType;
import postbus.messaging.wire.Addresses;
import postbus.node.Node;
import postbus.node.Settings;

/**
 * What the gateway itself costs: its cheapest route that asks a service, beside a route of vertx-web that sends the same
 * request over the same event bus and passes the answer on as it is. One event loop each, and a service that answers at
 * once.
 *
 * @param rounds in which both take turns, after three that warm up, 1 to 100
 * @param seconds of each, 1 to 3,600
 * @param connections one request under way on each, 1 to 1,000
 */
record Gateway(int rounds, int seconds, int connections) implements Cell {
    static final String USAGE = """
            gateway: requests/s of a route of the gateway that asks one service, beside a bare vertx-web route in the same JVM
            that sends the same event-bus request.
              --rounds N       in which both take turns, after three more    (default 5)
              --seconds N      of each                                       (default 10)
              --connections N  one request under way on each                 (default 32)
            """;

    /** The JVM takes tens of thousands of requests to compile all of a route. */
    private static final int WARM_UPS = 3;

    private static final String PATH = "/stock/espresso";
    private static final String ASK =
            Addresses.request(MessageType.of(GetStock.class).toString());

    static Gateway parse(Arguments given) {
        return new Gateway(
                given.number("rounds", 5, 100),
                given.number("seconds", 10, 3_600),
                given.number("connections", 32, 1_000));
    }

    @Override
    public Results measure() throws Exception {
        try (var node = Node.alone()) {
            var answer = MessageJson.write(new StockLevel("espresso", 20, 2, 18));
            node.vertx().deployVerticle(new Inventory(answer)).await();
            var bare = new Bare();
            node.vertx().deployVerticle(bare).await();
            node.deploy(List.of(GatewayMain.SERVICE), name -> Settings.of(Map.of("HTTP_PORT", "0")));
            var turns =
                    new Turns().add("bare vertx-web", () -> ask(bare.port)).add("gateway", () -> ask(node.httpPort()));
            for (int i = 0; i < WARM_UPS; i++) {
                turns.warmUp();
            }
            return turns.take(rounds);
        }
    }

    private Map<String, Double> ask(int port) throws InterruptedException {
        try (var callers = new Callers(port, PATH, connections)) {
            long before = cpuNanos();
            long answeredBefore = callers.answered();
            long begin = System.nanoTime();
            Thread.sleep(Duration.ofSeconds(seconds));
            double answered = callers.answered() - answeredBefore;
            long end = System.nanoTime();
            var figures = new LinkedHashMap<String, Double>();
            figures.put("requests/s", answered * 1e9 / (end - begin));
            figures.put("CPU µs/request, with the client", (cpuNanos() - before) / answered / 1e3);
            return figures;
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Answers at once, with what it is. */
    private static final class Inventory extends VerticleBase {
        private final Buffer answer;

        Inventory(Buffer answer) {
            this.answer = answer;
        }

        @Override
        public Future<?> start() {
            return vertx.eventBus().consumer(ASK, asked -> asked.reply(answer)).completion();
        }
    }

    /** What one would write by hand. */
    private static final class Bare extends VerticleBase {
        private volatile int port;

        @Override
        public Future<?> start() {
            var router = Router.router(vertx);
            router.get("/stock/:sku").handler(this::answer);
            return vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .onSuccess(listening -> port = listening.actualPort());
        }

        private void answer(RoutingContext http) {
            vertx.eventBus()
                    .<Buffer>request(
                            ASK, MessageJson.write(new GetStock(Objects.requireNonNull(http.pathParam("sku")))))
                    .onSuccess(reply -> http.response()
                            .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                            .end(reply.body()))
                    .onFailure(http::fail);
        }
    }
}
