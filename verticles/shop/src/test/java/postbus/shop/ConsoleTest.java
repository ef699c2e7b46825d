package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import postbus.testkit.Await;

/** What people do in the console, in a real browser with the whole shop behind it. */
@Timeout(180)
class ConsoleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static LocalShop shop;
    private static ShopClient client;
    private static String sku;
    private static Browser browser;

    @BeforeAll
    static void start() {
        Browser.assumePossible();
        shop = new LocalShop(Map.of("DISPATCH_AFTER", "PT3S"));
        client = shop.client();
        sku = client.stock(500, 1_250);
        browser = Browser.open(shop.address());
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (shop != null) {
            shop.close();
        }
    }

    @BeforeEach
    void forget() {
        browser.forget();
    }

    @AfterEach
    void nothing_went_wrong() {
        browser.requireNoErrors();
    }

    @Test
    void an_order_is_placed_and_seen_to_move_until_it_is_shipped() {
        browser.visit("shop");
        order(sku, 2, "");

        browser.awaitText(".order-panel .badge", "shipped");
        assertThat(browser.attributes(".timeline li", "data-type"))
                .containsSubsequence(
                        "ordering.order-placed.v1",
                        "ordering.order-confirmed.v1",
                        "ordering.order-paid.v1",
                        "ordering.order-shipped.v1")
                .contains("inventory.stock-reserved.v1", "payment.payment-taken.v1", "shipping.order-dispatched.v1")
                .doesNotHaveDuplicates();
        assertThat(browser.texts(".steps .is-done")).containsExactly("placed", "confirmed", "paid", "shipped");
        assertThat(client.orderNow(orderInSight()).getString("status")).isEqualTo("shipped");
        // The list beside it hears of it too
        browser.awaitText(".rows a[aria-current] .badge", "shipped");
    }

    @Test
    void an_order_is_cancelled_after_one_was_asked_once_more() {
        browser.visit("shop");
        order(sku, 1, "");
        browser.awaitText(".order-panel .badge", "paid");
        browser.press("Cancel order …");
        browser.awaitText("dialog h2", "Cancel this order?");
        browser.click("dialog button[type=submit]");

        browser.awaitText(".order-panel .badge", "cancelled");
        browser.awaitText(".order-panel .notice", "cancelled by customer");
        browser.awaitNone("dialog");
        assertThat(client.settled(orderInSight()).getString("reason")).isEqualTo("cancelled-by-customer");
    }

    @Test
    void a_declined_payment_is_told_with_its_reason() {
        browser.visit("shop");
        order(sku, 1, "tok_declined");

        browser.awaitText(".order-panel .badge", "cancelled");
        browser.awaitText(".order-panel .notice", "payment declined");
    }

    @Test
    void an_order_of_nothing_is_refused_where_it_is_placed() {
        browser.visit("shop");
        browser.press("Place order");

        browser.awaitText("form.order [role=alert]", "at least one product");
    }

    @Test
    void stock_that_arrives_is_seen_without_looking_again() {
        var other = client.stock(3, 100);
        browser.visit("shop");
        browser.awaitText("main", "3 available");
        browser.awaitText(".connection", "live");
        client.post("/stock/" + other + "/deliveries", new JsonObject().put("quantity", 38), other + "-b");

        browser.awaitText("main", "41 available");
    }

    @Test
    void a_dead_letter_is_found_looked_at_and_retried_and_the_decision_is_kept() throws SQLException {
        shop.jamShelves();
        var orderId = client.order(sku, 1, "");
        try {
            browser.visit("trouble");
            browser.awaitText(".group h2", "Order paid");
            browser.awaitText(".group .badge", "dead letter");
            browser.awaitText(".group .error", "the shelf is jammed");
            browser.press("Show each");
            browser.click("table a[href*='/letter/shipping/']");
            browser.awaitText("h1", "Order paid");
            browser.awaitText("pre[aria-label=Body]", orderId);
        } finally {
            shop.mendShelves();
        }
        browser.press("Retry …");
        decide("anna", "the shelf is mended");

        browser.awaitText(".notice.good", "not stuck any more");
        browser.awaitText(".trail td", "anna");
        browser.awaitText(".trail td", "the shelf is mended");
        assertThat(client.settled(orderId).getString("status")).isEqualTo("shipped");
        browser.visit("trouble/decisions");
        browser.awaitText(".trail td", "the shelf is mended");
    }

    @Test
    void dead_letters_of_one_reason_are_discarded_together() throws SQLException {
        shop.jamShelves();
        try {
            client.order(sku, 1, "");
            client.order(sku, 1, "");
            browser.visit("trouble?state=dead");
            browser.awaitText(".group .badge", "2 dead letters");
            browser.press("Discard all …");
            // Who decides must be said, and is remembered
            browser.click("dialog button[type=submit]");
            assertThat(browser.texts("dialog h2")).hasSize(1);
            decide("bert", "orders of a test");

            browser.awaitText("main", "Nothing is stuck");
            browser.visit("trouble/decisions");
            browser.awaitText(".trail td", "orders of a test");
            assertThat(browser.run("return localStorage.getItem('postbus.by')")).isEqualTo("bert");
        } finally {
            shop.mendShelves();
        }
    }

    @Test
    void a_subscription_is_paused_and_goes_on_when_it_is_resumed() {
        browser.visit("trouble/subscriptions");
        var row = "tr:has(td button)";
        browser.awaitText(row, "shipping");
        pressIn("shipping", "ordering", "Pause …");
        decide("anna", "the carrier asked for it");
        Await.until(
                "it is paused", PATIENCE, () -> rowText("shipping", "ordering").contains("paused"));
        var orderId = client.order(sku, 1, "");
        client.awaitStatus(orderId, "paid");

        pressIn("shipping", "ordering", "Resume …");
        decide("anna", "the carrier is ready");
        assertThat(client.settled(orderId).getString("status")).isEqualTo("shipped");
        Await.until(
                "it is live", PATIENCE, () -> rowText("shipping", "ordering").contains("live"));
        browser.visit("trouble/decisions");
        browser.awaitText(".trail td", "the carrier asked for it");
        browser.awaitText(".trail td", "the carrier is ready");
    }

    @Test
    void a_message_is_found_by_its_key_and_shown_with_all_it_caused() {
        var orderId = client.order(sku, 1, "");
        client.settled(orderId);
        browser.visit("messages");
        browser.fill("input[name=key]", orderId);
        browser.press("Search");
        browser.awaitText("td", "Order placed");
        assertThat(browser.place()).isEqualTo("messages?key=" + orderId);
        browser.press("Order placed");

        browser.awaitText("h1", "Order placed");
        browser.awaitText("pre[aria-label=Body]", "\"quantity\": 1");
        // The request caused the event and the command; what that led to is inside of it
        browser.awaitText(".tree > li > a", "Order placed");
        browser.awaitText(".tree > li > a", "Reserve stock");
        browser.awaitText(".tree > li > ul > li > a", "Stock reserved");
        browser.awaitText(".tree > li > ul > li > ul > li > a", "Order confirmed");
        browser.awaitText(".tree li a", "Order shipped");
        assertThat(browser.texts(".tree a[aria-current]")).hasSize(1);
    }

    @Test
    void the_flow_shows_every_service_and_what_passes_between_them() {
        browser.visit("flow");
        for (var service : new String[] {"ordering", "inventory", "payment", "shipping", "tracking", "notifications"}) {
            browser.awaitText(".service .name", service);
        }
        browser.awaitText(".connection", "live");
        client.order(sku, 1, "");

        browser.find(".edge.busy");
        browser.find(".edge-label");
        assertThat(browser.texts(".chart figcaption h2")).containsExactly("Throughput", "Commit to handled", "Lag");
    }

    @Test
    void the_node_is_shown_with_what_it_runs_and_leads() {
        browser.visit("nodes");
        browser.awaitText("td", "ready");
        browser.awaitText(".chips", "gateway");
        browser.awaitText("h2", "Relays");
        browser.awaitText("td", "ordering");
    }

    @Test
    void everything_is_reached_by_keyboard() {
        browser.visit("shop");
        browser.find("#quantity-" + sku);
        browser.tab();
        assertThat(browser.focused().getText()).contains("Skip to the content");
        browser.keys(Keys.ENTER);
        assertThat(browser.focused().getDomAttribute("id")).isEqualTo("main");
        for (int presses = 0; !("quantity-" + sku).equals(browser.focused().getDomAttribute("id")); presses++) {
            assertThat(presses).isLessThan(60);
            browser.tab();
        }
        browser.keys("1", Keys.ENTER);
        browser.awaitText(".order-panel .badge", "paid");
        while (!browser.focused().getText().contains("Cancel order")) {
            browser.tab();
        }
        browser.keys(Keys.ENTER);
        browser.awaitText("dialog h2", "Cancel this order?");
        assertThat(browser.run("return document.activeElement.closest('dialog') !== null"))
                .isEqualTo(true);
        browser.keys(Keys.ESCAPE);

        browser.awaitNone("dialog");
        assertThat(browser.focused().getText()).contains("Cancel order");
    }

    @Test
    void the_colours_one_chose_are_kept() {
        browser.colours("light");
        browser.visit("shop");
        browser.click("button.theme");
        browser.visit("flow");

        browser.find("h1");
        assertThat(browser.run("return document.documentElement.dataset.theme")).isEqualTo("dark");
        assertThat(browser.run("return getComputedStyle(document.body).colorScheme"))
                .isEqualTo("dark");
    }

    @Test
    void text_of_others_is_never_taken_for_a_page() {
        var name = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>";
        var price = new JsonObject().put("amount", 5).put("currency", "EUR");
        client.put("/products/strange", new JsonObject().put("name", name).put("price", price));
        browser.visit("shop");

        browser.awaitText(".product", name);
        assertThat(browser.texts(".product b, .product img")).isEmpty();
        assertThat(browser.run("return document.title")).isEqualTo("Shop · Postbus");
    }

    @Test
    void a_page_that_is_not_there_is_told() {
        browser.visit("elsewhere");

        browser.awaitText("h1", "Nothing is here");
    }

    // Steps

    private void order(String sku, int quantity, String token) {
        browser.fill("#quantity-" + sku, String.valueOf(quantity));
        browser.choose("select[name=payment]", token);
        browser.press("Place order");
        browser.find(".order-panel");
    }

    private String orderInSight() {
        return browser.place().replaceFirst("^shop/", "");
    }

    private void decide(String by, String why) {
        browser.fill("dialog input[name=by]", by);
        browser.fill("dialog input[name=why]", why);
        browser.click("dialog button[type=submit]");
        browser.awaitNone("dialog");
    }

    private String rowText(String subscription, String source) {
        return browser.texts("tbody tr").stream()
                .filter(text -> text.startsWith(subscription + " hears " + source))
                .findFirst()
                .orElse("");
    }

    private void pressIn(String subscription, String source, String button) {
        Await.until(
                "the row has " + button,
                PATIENCE,
                () -> Boolean.TRUE.equals(browser.run("""
                        const row = [...document.querySelectorAll('tbody tr')].find(
                            each => each.innerText.startsWith(arguments[0] + ' hears ' + arguments[1]));
                        const found = row && [...row.querySelectorAll('button')].find(
                            each => each.innerText.includes(arguments[2]));
                        found?.click();
                        return Boolean(found);
                        """, subscription, source, button)));
    }
}
