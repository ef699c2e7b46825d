package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import postbus.testkit.Await;

/**
 * Every page of the console, filled, in light and dark, wide and on a phone: none has a violation of WCAG 2 A or AA, none
 * is wider than its window. What each looks like is in {@code target/screenshots} afterwards.
 */
@Timeout(180)
class ConsolePagesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** @param sign css of what tells that the page is filled */
    record Page(String name, String place, String sign) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static LocalShop shop;
    private static Browser browser;
    private static List<Page> pages;

    @BeforeAll
    static void fill() throws SQLException {
        Browser.assumePossible();
        shop = new LocalShop(Map.of("DISPATCH_AFTER", "PT0.5S"));
        var client = shop.client();
        Shelves.fill(shop.address());
        browser = Browser.open(shop.address());
        browser.visit("flow");
        browser.awaitText(".connection", "live");
        // While somebody looks, so that the flow is seen to pass
        var shipped = client.order("espresso", 2, "");
        client.order("filter", 3, "tok_declined");
        client.settled(shipped);
        browser.find(".edge");
        shop.jamShelves();
        var stuck = client.order("mug", 1, "");
        var letter = Await.value(
                "there is a dead letter", PATIENCE, () -> first(client, "/ops/dead-letters", "deadLetters"));
        var message = Await.value(
                "the messages of the order are there",
                PATIENCE,
                () -> first(client, "/ops/messages?type=ordering.order-placed.v1&key=" + shipped, "messages"));
        assertThat(client.orderNow(stuck).getString("status")).isEqualTo("paid");
        pages = List.of(
                new Page("shop", "shop", ".product .stepper"),
                new Page("order", "shop/" + shipped, ".timeline li:nth-child(7)"),
                new Page("flow", "flow", ".edge"),
                new Page("messages", "messages", "tbody tr:nth-child(10)"),
                new Page("message", "messages/" + message, ".tree li li li"),
                new Page("trouble", "trouble", ".group .badge.bad"),
                new Page("dead-letter", "trouble/letter/shipping/" + letter, "pre[aria-label=Body]"),
                new Page("subscriptions", "trouble/subscriptions", "tbody tr:nth-child(5)"),
                new Page("decisions", "trouble/decisions", ".trail .empty, .trail tbody tr"),
                new Page("nodes", "nodes", ".chips li"));
    }

    private static Optional<String> first(ShopClient client, String path, String list) {
        var answer = client.get(path).body().getJsonArray(list);
        return answer == null || answer.isEmpty()
                ? Optional.empty()
                : Optional.of(answer.getJsonObject(0).getString("messageId"));
    }

    @AfterAll
    static void end() {
        if (browser != null) {
            browser.close();
        }
        if (shop != null) {
            shop.close();
        }
    }

    static List<Page> pages() {
        return pages;
    }

    @ParameterizedTest
    @MethodSource("pages")
    void it_is_accessible_and_fits_its_window(Page page) throws IOException {
        for (var colours : List.of("light", "dark")) {
            for (int width : new int[] {Browser.WIDE, Browser.PHONE}) {
                var name = page + (width == Browser.PHONE ? "-phone-" : "-") + colours;
                browser.colours(colours);
                browser.width(width);
                show(page);
                assertThat(Files.size(browser.screenshot(name))).isPositive();
                assertThat(browser.overflow())
                        .as(name + " is wider than its window by")
                        .isZero();
                Accessibility.requireNoViolations(browser, name);
            }
        }
    }

    private static void show(Page page) {
        browser.visit(page.place());
        browser.find(page.sign());
        browser.awaitText(".connection", "live");
        browser.requireNoErrors();
    }

    @ParameterizedTest
    @MethodSource("dialogs")
    void what_asks_once_more_is_accessible(Page page) {
        for (var colours : List.of("light", "dark")) {
            browser.colours(colours);
            browser.width(Browser.WIDE);
            show(page);
            browser.press(page.name().equals("trouble") ? "Discard all …" : "Replay …");
            browser.find("dialog[open]");
            Accessibility.requireNoViolations(browser, "the dialog of " + page + " " + colours);
            browser.screenshot("dialog-" + page + "-" + colours);
        }
    }

    static List<Page> dialogs() {
        return pages.stream()
                .filter(page -> List.of("trouble", "subscriptions").contains(page.name()))
                .toList();
    }
}
