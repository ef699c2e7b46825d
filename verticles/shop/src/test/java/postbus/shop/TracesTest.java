package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.node.Node;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;
import postbus.shop.SpanCollector.Received;
import postbus.testkit.Await;

/** Every service in this JVM, and a collector of spans. */
@Timeout(90)
class TracesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CLIENT = "b7ad6b7169203331";

    private static SpanCollector collector;
    private static Node node;
    private static ShopClient shop;
    private static String databaseUrl;

    @BeforeAll
    static void start() {
        collector = new SpanCollector();
        databaseUrl = ScratchDatabase.create();
        var settings = new HashMap<>(OrderFlowContract.SETTINGS);
        settings.putAll(Map.of(
                "DATABASE_URL", databaseUrl,
                "DATABASE_POOL_SIZE", "6",
                "HTTP_PORT", "0",
                "DISPATCH_AFTER", "PT0S",
                "RETRY_ATTEMPTS_MAX", "2",
                "OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()));
        node = Node.alone();
        node.deploy(ShopMain.SERVICES, name -> Settings.of(settings));
        shop = new ShopClient("http://127.0.0.1:" + node.httpPort());
    }

    @AfterAll
    static void stop() {
        node.close();
        collector.close();
    }

    @Test
    void an_order_is_one_trace_from_the_client_through_every_service() throws Exception {
        var sku = shop.stock(10, 250);
        shop.awaitStock(sku, 10, 0);
        var orderId =
                shop.settled(shop.order(sku, 1, "")).getString("orderId"); // ordering knows the product from now on
        assertThat(orderId).isNotNull();

        var traced = place(sku, "00-" + TRACE + "-" + CLIENT + "-01");
        assertThat(shop.settled(traced).getString("status")).isEqualTo("shipped");
        var paidEverywhere = "process ordering.order-paid.v1";
        var spans = await(
                TRACE,
                Map.of(
                        "inventory", "process ordering.order-shipped.v1",
                        "shipping", paidEverywhere,
                        "tracking", paidEverywhere,
                        "notifications", paidEverywhere));

        var root = one(spans, "gateway", "POST /orders");
        assertThat(root.parent()).isEqualTo(CLIENT);
        assertThat(root.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(root.attributes())
                .containsEntry("http.request.method", "POST")
                .containsEntry("http.route", "/orders")
                .containsEntry("http.response.status_code", "202");
        var asked = child(spans, root, "gateway", "ordering.place-order.v1", SpanKind.SPAN_KIND_CLIENT);
        var answered = child(spans, asked, "ordering", "ordering.place-order.v1", SpanKind.SPAN_KIND_SERVER);
        var reserve = sent(spans, answered, "ordering", "send inventory.reserve-stock.v1");
        var reserved = processed(spans, reserve, "inventory");
        var stock = sent(spans, reserved, "inventory", "publish inventory.stock-reserved.v1");
        var confirmed = processed(spans, stock, "ordering");
        var take = sent(spans, confirmed, "ordering", "send payment.take-payment.v1");
        var taking = processed(spans, take, "payment");
        var taken = sent(spans, taking, "payment", "publish payment.payment-taken.v1");
        var paid = processed(spans, taken, "ordering");
        var paidEvent = sent(spans, paid, "ordering", "publish ordering.order-paid.v1");
        processed(spans, paidEvent, "tracking");
        processed(spans, paidEvent, "notifications");
        processed(spans, paidEvent, "shipping");

        assertThat(spans).extracting(Received::isError).containsOnly(false);
        var ids = spans.stream().map(Received::id).collect(Collectors.toSet());
        assertThat(spans)
                .as("every span leads back to the client")
                .allSatisfy(span -> assertThat(span.parent()).isIn(with(ids, CLIENT)));
        assertThat(spans.stream().map(Received::service).distinct())
                .contains("gateway", "ordering", "inventory", "payment", "shipping", "tracking", "notifications");
    }

    @Test
    void messages_that_shared_a_transaction_are_linked_with_it() {
        var sku = shop.stock(1_000, 250);
        shop.settled(shop.order(sku, 1, ""));
        var batch = Await.value("messages share a transaction", PATIENCE, () -> {
            shop.order(sku, 1, ""); // until two messages wait at the same time
            return collector
                    .spans(span ->
                            span.name().startsWith("apply ") && span.links().size() > 1)
                    .stream()
                    .findFirst();
        });
        assertThat(batch.parent()).isEmpty();
        Await.until(
                "its messages are told",
                PATIENCE,
                () -> linkedTo(batch).size() == batch.links().size());
        var parents = linkedTo(batch).stream()
                .map(span -> span.trace() + "/" + span.parent())
                .toList();
        assertThat(parents).containsExactlyInAnyOrderElementsOf(batch.links());
        assertThat(batch.attributes())
                .containsEntry(
                        "messaging.batch.message_count",
                        String.valueOf(batch.links().size()));
    }

    private static List<Received> linkedTo(Received batch) {
        return collector.spans(span -> span.links().contains(batch.place()));
    }

    @Test
    void a_message_that_cannot_be_applied_shows_each_attempt_and_that_it_was_parked() throws Exception {
        var sku = shop.stock(10, 250);
        try (var shipping = DriverManager.getConnection(
                        "jdbc:" + databaseUrl.replaceFirst("//[^@]*@", "//") + "?currentSchema=shipping",
                        "postgres",
                        "postgres");
                var statement = shipping.createStatement()) {
            // A handler that was quick of late would be tried at once, and a third time after a look at the cursor
            statement.execute("""
                    create function lag() returns trigger language plpgsql as
                    $$ begin perform pg_sleep(0.1); return new; end $$
                    """);
            statement.execute("create trigger lag before insert on dispatch for each row execute function lag()");
            shop.settled(shop.order(sku, 1, ""));
            statement.execute("drop trigger lag on dispatch");
            statement.execute("""
                    create function jam() returns trigger language plpgsql as
                    $$ begin raise exception 'the shelf is jammed'; end $$
                    """);
            statement.execute("create trigger jam before insert on dispatch for each row execute function jam()");
            var order = shop.order(sku, 1, "");
            var query = "/ops/dead-letters?service=shipping&key=" + order;
            var dead = Await.value(
                    "it is a dead letter",
                    PATIENCE,
                    () -> shop.get(query).body().getJsonArray("deadLetters", new JsonArray()).stream()
                            .map(JsonObject.class::cast)
                            .findFirst());
            statement.execute("drop trigger jam on dispatch");
            var messageId = dead.getString("messageId");
            Await.until(
                    "both parkings are told",
                    PATIENCE,
                    () -> ofShipping(messageId, "park ordering.order-paid.v1").size() == 2);

            var attempts = ofShipping(messageId, "process ordering.order-paid.v1");
            assertThat(attempts).hasSize(2).allSatisfy(attempt -> {
                assertThat(attempt.isError()).isTrue();
                assertThat(attempt.events()).contains("exception");
            });
            assertThat(ofShipping(messageId, "park ordering.order-paid.v1"))
                    .allSatisfy(parked -> assertThat(parked.isError()).isTrue())
                    .extracting(parked -> parked.attributes().get("postbus.parked.state"))
                    .containsExactlyInAnyOrder("parked", "dead");
            assertThat(attempts.stream().map(Received::trace).distinct()).hasSize(1);
        }
    }

    private static List<Received> ofShipping(String messageId, String name) {
        return collector.spans(span -> span.service().equals("shipping")
                && span.name().equals(name)
                && messageId.equals(span.attributes().get("messaging.message.id")));
    }

    /** The spans of a trace, once these are among them: by service, its last to come. */
    private static List<Received> await(String trace, Map<String, String> last) {
        last.forEach((service, name) -> Await.until(
                name + " of " + service,
                PATIENCE,
                () -> collector.spans().stream()
                        .anyMatch(span -> span.trace().equals(trace)
                                && span.name().equals(name)
                                && span.service().equals(service))));
        Await.until("all parents are told", PATIENCE, () -> {
            var spans = collector.spans(span -> span.trace().equals(trace));
            var ids = spans.stream().map(Received::id).collect(Collectors.toSet());
            return spans.stream().allMatch(span -> with(ids, CLIENT).contains(span.parent()));
        });
        return collector.spans(span -> span.trace().equals(trace));
    }

    private static Set<String> with(Set<String> ids, String one) {
        var all = new HashSet<>(ids);
        all.add(one);
        return all;
    }

    private static Received one(List<Received> spans, String service, String name) {
        var found = spans.stream()
                .filter(span -> span.service().equals(service) && span.name().equals(name))
                .toList();
        assertThat(found).as(name + " of " + service).hasSize(1);
        return found.get(0);
    }

    private static Received child(List<Received> spans, Received parent, String service, String name, SpanKind kind) {
        var found = spans.stream()
                .filter(span -> span.parent().equals(parent.id()))
                .filter(span -> span.service().equals(service) && span.name().equals(name) && span.kind() == kind)
                .toList();
        assertThat(found)
                .as(name + " of " + service + " under " + parent.name())
                .hasSize(1);
        return found.get(0);
    }

    private static Received sent(List<Received> spans, Received parent, String service, String name) {
        return child(spans, parent, service, name, SpanKind.SPAN_KIND_PRODUCER);
    }

    private static Received processed(List<Received> spans, Received sent, String service) {
        var name = "process " + sent.attributes().get("messaging.destination.name");
        return child(spans, sent, service, name, SpanKind.SPAN_KIND_CONSUMER);
    }

    private static String place(String sku, String traceparent) throws Exception {
        var body = new JsonObject()
                .put("customerId", "c-1")
                .put("lines", JsonArray.of(JsonObject.of("sku", sku, "quantity", 1)));
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + "/orders"))
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent)
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return new JsonObject(answer.body()).getString("orderId");
    }
}
