package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static postbus.gateway.Api.line;
import static postbus.gateway.Api.money;
import static postbus.gateway.Api.order;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.Product;
import postbus.contracts.inventory.GetStock;
import postbus.contracts.inventory.StockLevel;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.PlaceOrder;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Ids;
import postbus.messaging.transaction.Sql;
import postbus.node.NodeService;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;
import postbus.testkit.TcpProxy;
import postbus.testkit.TestNode;

/** The gateway before services whose database is away. */
@Timeout(240)
class LostDatabaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TcpProxy proxy;
    private static TestNode node;
    private static Api api;

    private static final List<Supplier<Api.Reply>> REQUESTS = List.of(
            () -> api.get("/stock/espresso"),
            () -> api.put("/products/espresso", Map.of("name", "Espresso", "price", money(1290, "EUR"))),
            () -> api.post("/orders", order("c", line("espresso", 1))),
            () -> api.post(
                    "/orders",
                    order("c", line("espresso", 1)),
                    "Idempotency-Key",
                    Ids.next().toString()));

    @BeforeAll
    static void start() {
        var url = ScratchDatabase.create();
        var port = url.replaceAll(".*:(\\d+)/.*", "$1");
        proxy = TcpProxy.to(Integer.parseInt(port));
        node = TestNode.start(
                Map.of(
                        "DATABASE_URL",
                        url.replace(":" + port + "/", ":" + proxy.port() + "/"),
                        "DATABASE_STATEMENT_TIMEOUT",
                        "PT3S",
                        "REQUEST_TIMEOUT",
                        "PT2S",
                        "HTTP_PORT",
                        "0"),
                NodeService.of("catalog", context -> new Catalog(context.service())),
                NodeService.of("inventory", context -> new Inventory(context.service())),
                NodeService.of("ordering", context -> new Ordering(context.service())),
                GatewayMain.SERVICE);
        api = new Api(node.httpPort());
    }

    @AfterAll
    static void stop() {
        proxy.pass();
        node.close();
        proxy.close();
    }

    private static final class Catalog extends ServiceVerticle {
        Catalog(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(DefineProduct.class, (wish, tx) -> {
                touch(tx);
                return new Product(wish.sku(), wish.name(), wish.price());
            });
        }
    }

    private static final class Inventory extends ServiceVerticle {
        Inventory(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.query(GetStock.class, (query, sql) -> {
                touch(sql);
                return new StockLevel(query.sku(), 1, 0, 1);
            });
        }
    }

    private static final class Ordering extends ServiceVerticle {
        Ordering(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(PlaceOrder.class, (wish, tx) -> {
                touch(tx);
                return new OrderAccepted(Ids.next(), "placed");
            });
        }
    }

    private static void touch(Sql sql) {
        sql.execute("select 1");
    }

    @AfterEach
    void recovers() {
        proxy.pass();
        for (var request : REQUESTS) {
            Await.until("answered again", PATIENCE, () -> request.get().status() < 300);
        }
    }

    @Test
    void a_database_that_refuses_is_503_and_when_to_come_again() {
        proxy.refuse();
        REQUESTS.forEach(request -> assertUnavailable(request.get()));
    }

    @Test
    void a_database_that_does_not_answer_is_503_and_when_to_come_again() {
        proxy.blackHole();
        REQUESTS.forEach(request -> assertUnavailable(request.get()));
    }

    @Test
    void a_database_whose_answers_come_too_late_is_503_and_when_to_come_again() {
        proxy.delayAnswers(Duration.ofSeconds(5));
        REQUESTS.forEach(request -> assertUnavailable(request.get()));
    }

    @Test
    void while_connections_are_lost_again_and_again_it_is_503_at_worst() {
        var failed = new ConcurrentLinkedQueue<Api.Reply>();
        var isOver = new AtomicBoolean();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var request : REQUESTS) {
                clients.execute(() -> {
                    while (!isOver.get()) {
                        var reply = request.get();
                        if (reply.status() >= 300) {
                            failed.add(reply);
                        }
                    }
                });
            }
            Await.until("some were met", PATIENCE, () -> {
                proxy.reset();
                return failed.size() >= 10;
            });
            isOver.set(true);
        }
        failed.forEach(LostDatabaseTest::assertUnavailable);
    }

    private static void assertUnavailable(Api.Reply reply) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(503);
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(Integer.parseInt(reply.header("Retry-After"))).isPositive();
        assertThat(reply.json().getString("type")).isEqualTo("/problems/unavailable");
    }
}
