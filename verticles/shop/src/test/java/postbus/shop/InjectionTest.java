package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.testkit.Await;

/** Text that a database, a page, a template, a log or a spreadsheet would obey comes back as text, and is shown as text. */
@Timeout(180)
class InjectionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final List<String> TEXTS = List.of(
            "<img src=x onerror=window.injected=1>",
            "<script>window.injected=1</script>",
            "\"><svg onload=window.injected=1>",
            "' onmouseover='window.injected=1",
            "</title></textarea><iframe src=javascript:window.injected=1>",
            "javascript:window.injected=1",
            "{{constructor.constructor('window.injected=1')()}}${window.injected=1}",
            "'; drop table product; --",
            "\\'; update product set name = 'x'; --",
            "' or '1'='1",
            "%27%20or%201=1",
            "${jndi:ldap://127.0.0.1:1/a}",
            "=HYPERLINK(\"http://127.0.0.1\")",
            "+cmd|' /C calc'!A0",
            "@SUM(1)",
            "%s%n%x{}",
            "../../etc/passwd",
            "\u202eright to left",
            "\ud83d\udc69\u200d\ud83d\udc67",
            "__proto__");

    private static LocalShop shop;
    private static ShopClient client;
    private static List<String> skus;

    @BeforeAll
    static void start() {
        // An order paid with tok_slow stays confirmed for as long as a test takes
        shop = new LocalShop(
                Map.of("DISPATCH_AFTER", "PT0.5S", "PAYMENT_DEADLINE", "PT3M", "PAYMENT_SLOW_AFTER", "PT5M"));
        client = shop.client();
        skus = new ArrayList<>();
        for (var text : TEXTS) {
            var sku = client.stock(5, 100);
            var price = new JsonObject().put("amount", 100).put("currency", "EUR");
            var named = client.put(
                    "/products/" + sku, new JsonObject().put("name", text).put("price", price));
            assertThat(named.status()).as(text).isEqualTo(200);
            assertThat(named.body().getString("name")).isEqualTo(text);
            skus.add(sku);
        }
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void every_text_comes_back_as_it_was_sent() {
        var names = new ArrayList<String>();
        client.get("/products?limit=200")
                .body()
                .getJsonArray("products")
                .forEach(product -> names.add(((JsonObject) product).getString("name")));
        assertThat(names).containsExactlyInAnyOrderElementsOf(TEXTS);

        var isPaused = false;
        for (var text : TEXTS) {
            var order = new JsonObject()
                    .put("customerId", text)
                    .put("paymentToken", text)
                    .put(
                            "lines",
                            new JsonArray()
                                    .add(new JsonObject()
                                            .put("sku", skus.get(0))
                                            .put("quantity", 1)));
            var placed = client.post("/orders", order, UUID.randomUUID().toString());
            assertThat(placed.status()).as(text).isEqualTo(202);
            var path = "/orders/" + placed.body().getString("orderId");
            assertThat(client.get(path).body().getString("customerId")).isEqualTo(text);

            var decision = new JsonObject().put("by", text).put("why", text);
            isPaused = !isPaused; // the same again would be no decision
            var wish = "/ops/subscriptions/notifications/catalog/" + (isPaused ? "pause" : "resume");
            assertThat(client.post(wish, decision, "").status()).isEqualTo(200);
            var kept = client.get("/ops/decisions?limit=1")
                    .body()
                    .getJsonArray("decisions")
                    .getJsonObject(0);
            assertThat(List.of(kept.getString("by"), kept.getString("why"))).containsExactly(text, text);
        }
    }

    @Test
    void a_text_that_breaks_its_line_is_refused() {
        for (var text : List.of("a\r\nX-Injected: 1", "a\n12:00:00.000 ERROR forged", "a\0b", "\u0085")) {
            var order = new JsonObject()
                    .put("customerId", text)
                    .put(
                            "lines",
                            new JsonArray()
                                    .add(new JsonObject()
                                            .put("sku", skus.get(0))
                                            .put("quantity", 1)));
            assertThat(client.post("/orders", order, "").status()).isEqualTo(422);
        }
    }

    @Test
    void the_console_shows_every_text_and_runs_none() {
        Browser.assumePossible();
        var orders = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            var order = new JsonObject()
                    .put("customerId", TEXTS.get(i))
                    .put("paymentToken", "tok_slow")
                    .put(
                            "lines",
                            new JsonArray()
                                    .add(new JsonObject()
                                            .put("sku", skus.get(i))
                                            .put("quantity", 1)));
            orders.add(client.post("/orders", order, "").body().getString("orderId"));
        }
        try (var browser = Browser.open(shop.address())) {
            browser.visit("shop");
            for (var text : TEXTS) {
                browser.awaitText("main", text);
            }
            requireUnharmed(browser);
            browser.visit("shop/" + orders.get(0));
            browser.awaitText(".order-panel", TEXTS.get(0));
            requireUnharmed(browser);
            browser.visit("messages");
            browser.find("main h1");
            requireUnharmed(browser);
            var renamed = Await.value(
                    "the message is found",
                    PATIENCE,
                    () -> client.get("/ops/messages?key=" + skus.get(0)).body().getJsonArray("messages").stream()
                            .map(JsonObject.class::cast)
                            .filter(message -> message.getString("type").equals("catalog.product-renamed.v1"))
                            .findFirst());
            browser.visit("messages/" + renamed.getString("messageId"));
            browser.awaitText("main", TEXTS.get(0));
            requireUnharmed(browser);
            browser.visit("trouble/decisions");
            requireUnharmed(browser);
            browser.visit("nodes");
            browser.visit("flow");
            requireUnharmed(browser);
            browser.requireNoErrors();
        }
    }

    private static void requireUnharmed(Browser browser) {
        assertThat(browser.run("return window.injected === undefined")).isEqualTo(true);
        assertThat(browser.run(
                        "return document.querySelectorAll('img[src=x], iframe, main script, svg[onload]').length"))
                .isEqualTo(0L);
    }
}
