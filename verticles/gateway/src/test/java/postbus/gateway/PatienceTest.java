package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static postbus.gateway.Api.line;
import static postbus.gateway.Api.order;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.contracts.inventory.StockLevel;
import postbus.contracts.ordering.HistoryEntry;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PricedLine;
import postbus.gateway.access.Access;
import postbus.gateway.access.AccessSettings;
import postbus.messaging.MessageJson;
import postbus.messaging.Problem;
import postbus.messaging.wire.Addresses;
import postbus.node.Settings;
import postbus.testkit.Await;

/** The gateway alone on a bus: services are away, come late, are slow, or answer nonsense. */
class PatienceTest {
    private static final String GET_STOCK = "inventory.get-stock.v1";
    private static final String PLACE_ORDER = "ordering.place-order.v1";
    private static final String TRACK_ORDER = "tracking.track-order.v1";
    private static final String GET_ORDER = "ordering.get-order.v1";

    private static final Vertx vertx = Vertx.vertx();
    /** Behind it, services are given little time. */
    private static final Api api = new Api(Shop.freePort());
    /** Behind it, they are given time enough. */
    private static final Api patient = new Api(Shop.freePort());

    /** How often each type of message was sent. */
    private final Map<String, Integer> sent = new ConcurrentHashMap<>();

    private final Handler<DeliveryContext<Object>> counter = delivery -> {
        sent.merge(delivery.message().address(), 1, Integer::sum);
        delivery.next();
    };
    private final List<MessageConsumer<?>> services = new ArrayList<>();

    @BeforeAll
    static void start() {
        deploy(api, "PT0.4S");
        deploy(patient, "PT3S");
    }

    private static String deploy(Api api, String timeout) {
        return deploy(api, timeout, () -> false);
    }

    private static String deploy(Api api, String timeout, BooleanSupplier isEnding) {
        var settings = Settings.of(Map.of(
                "HTTP_PORT",
                String.valueOf(api.port()),
                "REQUEST_TIMEOUT",
                timeout,
                "HTTP_IDLE_TIMEOUT",
                timeout.equals("PT0.1S") ? "PT1.1S" : "PT1M"));
        return vertx.deployVerticle(new GatewayVerticle(
                        GatewaySettings.of(settings), () -> Router.router(vertx), port -> {}, isEnding))
                .await();
    }

    @BeforeEach
    void count() {
        vertx.eventBus().addOutboundInterceptor(counter);
    }

    @AfterEach
    void endServices() {
        vertx.eventBus().removeOutboundInterceptor(counter);
        services.forEach(service -> service.unregister().await());
    }

    @AfterAll
    static void close() {
        vertx.close().await();
    }

    // Away

    @ParameterizedTest
    @CsvSource({
        "GET,/orders,tracking did not answer",
        "GET,/orders/01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11,ordering did not answer",
        "POST,/orders/01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11/cancel,ordering did not answer",
        "GET,/products,catalog did not answer",
        "GET,/stock/espresso,inventory did not answer",
    })
    void a_service_that_is_away_is_503_and_when_to_come_again(String method, String path, String detail) {
        var reply = api.call(method, path, null);

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).isEqualTo("1");
        assertThat(reply.json().getString("type")).isEqualTo("/problems/unavailable");
        assertThat(reply.json().getString("detail")).isEqualTo(detail);
    }

    @Test
    void a_command_that_nobody_takes_is_sent_a_few_times() {
        var reply = api.post("/orders", order("c", line("espresso", 1)));

        assertThat(reply.status()).isEqualTo(503);
        assertThat(sent.get(Addresses.request(PLACE_ORDER))).isGreaterThan(1);
    }

    @Test
    void a_command_that_was_lost_is_sent_again_under_the_key_it_came_with() {
        var keys = new CopyOnWriteArrayList<String>();
        on(PLACE_ORDER, message -> {
            keys.add(message.headers().get("idempotency-key"));
            if (keys.size() > 1) {
                message.reply(MessageJson.write(new OrderAccepted(UUID.randomUUID(), "placed")));
            }
        });
        var reply = patient.post("/orders", order("c", line("espresso", 1)), "Idempotency-Key", "k");

        assertThat(reply.status()).isEqualTo(202);
        assertThat(keys).containsExactly("k", "k");
    }

    @Test
    void a_command_without_a_key_gets_one_of_its_own_so_that_it_can_be_sent_again() {
        var keys = new CopyOnWriteArrayList<String>();
        on(PLACE_ORDER, message -> {
            keys.add(message.headers().get("idempotency-key"));
            if (keys.size() % 2 == 0) {
                message.reply(MessageJson.write(new OrderAccepted(UUID.randomUUID(), "placed")));
            }
        });

        assertThat(patient.post("/orders", order("c", line("espresso", 1))).status())
                .isEqualTo(202);
        assertThat(patient.post("/orders", order("c", line("espresso", 1))).status())
                .isEqualTo(202);
        assertThat(keys).hasSize(4).doesNotContainNull();
        assertThat(keys.get(1)).isEqualTo(keys.get(0));
        assertThat(keys.get(3)).isEqualTo(keys.get(2)).isNotEqualTo(keys.get(0));
    }

    // Late

    @Test
    void a_question_waits_for_a_service_that_is_about_to_come() {
        var reply = patient.send("GET", "/stock/espresso", null);
        awaitSent(GET_STOCK);
        answer(GET_STOCK, new StockLevel("espresso", 1, 0, 1));

        assertThat(reply.join().status()).isEqualTo(200);
    }

    @Test
    void a_service_that_cannot_answer_now_is_asked_again() {
        on(GET_STOCK, message -> {
            if (sent.get(Addresses.request(GET_STOCK)) < 3) {
                message.fail(Problem.UNAVAILABLE.code(), "{\"detail\":\"the service's database cannot answer now\"}");
            } else {
                message.reply(MessageJson.write(new StockLevel("espresso", 1, 0, 1)));
            }
        });

        assertThat(patient.get("/stock/espresso").status()).isEqualTo(200);
    }

    @Test
    void a_refusal_is_an_answer_and_not_asked_for_again() {
        on(GET_STOCK, message -> message.fail(Problem.NOT_FOUND.code(), "{\"detail\":\"no product\"}"));

        assertThat(patient.get("/stock/espresso").status()).isEqualTo(404);
        assertThat(sent).containsEntry(Addresses.request(GET_STOCK), 1);
    }

    // Slow

    @Test
    void a_service_that_does_not_answer_in_time_is_503() {
        on(GET_STOCK, message -> {});
        var begin = System.nanoTime();
        var reply = api.get("/stock/espresso");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(400), Duration.ofSeconds(5));
        assertThat(sent).containsEntry(Addresses.request(GET_STOCK), 1);
    }

    @Test
    void an_order_is_found_while_tracking_is_away() {
        var order = anOrder();
        answer(GET_ORDER, order);

        assertThat(patient.get("/orders/" + order.orderId()).json().getString("status"))
                .isEqualTo("placed");
    }

    @Test
    void an_order_is_found_while_tracking_hangs() {
        var order = anOrder();
        on(TRACK_ORDER, message -> {});
        answer(GET_ORDER, order);

        assertThat(patient.get("/orders/" + order.orderId()).status()).isEqualTo(200);
    }

    @Test
    void an_order_that_tracking_does_not_know_is_unknown_only_when_ordering_says_so() {
        on(TRACK_ORDER, message -> message.fail(Problem.NOT_FOUND.code(), "{\"detail\":\"no order\"}"));

        assertThat(api.get("/orders/" + UUID.randomUUID()).status()).isEqualTo(503);
    }

    // Nonsense

    @Test
    void an_answer_that_is_nonsense_is_an_incident_and_no_secret() {
        answer(GET_STOCK, List.of("nonsense"));
        var reply = patient.get("/stock/espresso");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/internal");
        assertThat(reply.body()).doesNotContain("nonsense", "Exception", "postbus.", "java.");
    }

    @Test
    void a_bug_of_the_gateway_is_an_incident_and_no_secret() {
        var contract = Contract.load(vertx).await();
        var access =
                Access.open(vertx, AccessSettings.of(Settings.of(Map.of()))).await();
        var routes = new Routes(
                vertx,
                contract,
                new Admission(access, new QuotaSettings(0, Duration.ofMinutes(1), List.of())),
                new EventStreams(vertx, 0, Duration.ofSeconds(15)),
                List.of());
        contract.model()
                .operations()
                .forEach(operation -> routes.on(operation.getOperationId(), request -> {
                    throw new IllegalStateException("a secret");
                }));
        var server = vertx.createHttpServer()
                .requestHandler(routes.with(Router.router(vertx)))
                .listen(0, "127.0.0.1")
                .await();
        var reply = new Api(server.actualPort()).get("/products");
        server.close().await();

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.json().getString("detail")).matches("see the log for incident [0-9a-f-]{36}");
        assertThat(reply.body()).doesNotContain("secret", "Exception", "postbus.", "java.");
    }

    // Ending

    @Test
    void a_connection_that_carries_nothing_is_closed() throws IOException {
        var idle = new Api(Shop.freePort());
        deploy(idle, "PT0.1S");
        try (var wire = idle.wire()) {
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void a_request_in_hand_is_answered_while_the_gateway_ends() throws Exception {
        var ending = new Api(Shop.freePort());
        var deployment = deploy(ending, "PT10S");
        var held = new CompletableFuture<Message<Buffer>>();
        on(GET_STOCK, held::complete);
        var reply = ending.send("GET", "/stock/espresso", null);
        var message = held.get(5, TimeUnit.SECONDS);
        var ended = vertx.undeploy(deployment);
        Await.until("no new connections", Duration.ofSeconds(5), () -> !isListening(ending));
        message.reply(MessageJson.write(new StockLevel("espresso", 1, 0, 1)));

        assertThat(reply.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        ended.await(5, TimeUnit.SECONDS);
    }

    /** What came on it after that could meet its end, and a client cannot tell whether that was carried out. */
    @ParameterizedTest
    @ValueSource(
            strings = {"GET /stock/espresso", "POST /orders", "GET /orders?limit=x", "GET /nowhere", "GET /console/"})
    void an_ending_gateway_says_in_each_answer_that_its_connection_ends(String request) throws IOException {
        var isEnding = new AtomicBoolean();
        var ending = new Api(Shop.freePort());
        var deployment = deploy(ending, "PT0.1S", isEnding::get);
        try (var before = ending.wire();
                var after = ending.wire()) {
            assertThat(before.request(request).read().headers()).doesNotContainKey("connection");
            isEnding.set(true);
            assertThat(after.request(request).read().headers()).containsEntry("connection", "close");
            assertThat(after.isClosed()).isTrue();
        }
        vertx.undeploy(deployment).await();
    }

    private static boolean isListening(Api api) {
        try {
            api.wire().close();
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private void awaitSent(String type) {
        Await.until(type + " sent", Duration.ofSeconds(5), () -> sent.containsKey(Addresses.request(type)));
    }

    private void answer(String type, Object answer) {
        on(type, message -> message.reply(MessageJson.write(answer)));
    }

    private void on(String type, Handler<Message<Buffer>> handler) {
        MessageConsumer<Buffer> service = vertx.eventBus().consumer(Addresses.request(type), handler);
        service.completion().await();
        services.add(service);
    }

    private static OrderView anOrder() {
        return new OrderView(
                UUID.randomUUID(),
                "c",
                "placed",
                null,
                Shop.PRICE,
                List.of(new PricedLine("espresso", 1, Shop.PRICE)),
                List.of(new HistoryEntry("ordering.order-placed.v1", Instant.now())));
    }
}
