package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.testkit.Await;

/** The console of a shop in production: people log in at a provider, and what they do is theirs. */
@Timeout(180)
class ConsoleLoginTest {
    private static OpenIdProvider provider;
    private static LocalShop shop;

    @BeforeAll
    static void start() {
        Browser.assumePossible();
        provider = new OpenIdProvider();
        var settings = new HashMap<>(provider.settings());
        settings.put("DISPATCH_AFTER", "PT0.5S");
        shop = new LocalShop(settings);
    }

    @AfterAll
    static void stop() {
        if (shop != null) {
            shop.close();
        }
        if (provider != null) {
            provider.close();
        }
    }

    @Test
    void who_logs_in_sees_what_happens_and_decides_in_their_own_name() {
        try (var browser = Browser.open(shop.address())) {
            browser.visit("nodes");
            browser.awaitText("button", "Log in");
            assertThat(browser.texts("nav a")).isEmpty();

            browser.press("Log in");
            browser.press("I am anna");

            browser.awaitText(".who", "anna");
            browser.awaitText(".connection", "live");
            browser.awaitText("nav a[aria-current=page]", "Nodes"); // where they wanted to be
            assertThat(browser.run("return location.search")).isEqualTo("");
            assertThat(browser.texts(".profile")).isEmpty();
            assertThat(browser.run("return JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])"))
                    .asString()
                    .doesNotContain("eyJ", "verifier");
            assertThat(provider.given.get()).isEqualTo(1);

            browser.run("location.hash = '#/trouble/subscriptions'");
            browser.press("Pause");
            browser.find("dialog[open] input[name=why]");
            assertThat(browser.texts("dialog[open] input[name=by]")).isEmpty();
            browser.fill("dialog[open] input[name=why]", "it is night");
            browser.click("dialog[open] button[type=submit]");
            browser.awaitNone("dialog[open]");
            browser.run("location.hash = '#/trouble/decisions'");
            browser.awaitText(".trail", "anna (u-anna)");
            browser.requireNoErrors();

            browser.visit("shop");
            browser.awaitText("button", "Log in"); // nothing was kept
        }
    }

    @Test
    void an_answer_that_nobody_asked_for_logs_nobody_in() {
        try (var browser = Browser.open(shop.address())) {
            browser.goTo("/?code=stolen&state=guessed");

            browser.awaitText(".login", "The login failed: it was not begun in this window.");
            browser.awaitText("button", "Log in");
            assertThat(browser.run("return location.search")).isEqualTo("");
        }
    }

    @Test
    void customers_have_their_own_orders_only() {
        var anna = provider.token("c-anna", "orders:read orders:write");
        var bert = provider.token("c-bert", "orders:read orders:write");
        var clerk = provider.token("clerk", "catalog:write");
        ask("PUT", "/products/mug", clerk, "{\"name\":\"Mug\",\"price\":{\"amount\":500,\"currency\":\"EUR\"}}");
        // Ordering hears of a product a moment after it was defined
        var placed = Await.value("an order is placed", Duration.ofSeconds(30), () -> {
            var answer = ask("POST", "/orders", anna, "{\"lines\":[{\"sku\":\"mug\",\"quantity\":1}]}");
            return answer.status() == 202 ? Optional.of(answer) : Optional.empty();
        });
        var order = "/orders/" + placed.body().getString("orderId");

        assertThat(ask("GET", order, anna, null).body().getString("customerId")).isEqualTo("c-anna");
        assertThat(ask("GET", order, bert, null).status()).isEqualTo(404);
        assertThat(ask("GET", order + "/events", bert, null).status()).isEqualTo(404);
        assertThat(ask("POST", order + "/cancel", bert, null).status()).isEqualTo(404);
        assertThat(ask("GET", "/events", anna, null).status()).isEqualTo(403);
        assertThat(ask("GET", "/orders", bert, null).body().getJsonArray("orders"))
                .isEmpty();
    }

    private record Answer(int status, JsonObject body) {}

    private static Answer ask(String method, String path, String token, String body) {
        var request = HttpRequest.newBuilder(URI.create(shop.address() + path))
                .headers("Authorization", "Bearer " + token, "Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        var response = HttpClient.newHttpClient()
                .sendAsync(request, BodyHandlers.ofString())
                .join();
        return new Answer(response.statusCode(), new JsonObject(response.body()));
    }
}
