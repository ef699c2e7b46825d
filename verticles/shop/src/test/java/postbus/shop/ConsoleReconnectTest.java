package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The console while its gateway, and all else, is ended and started again. */
@Timeout(180)
class ConsoleReconnectTest {
    private static LocalShop shop;

    @BeforeAll
    static void start() {
        Browser.assumePossible();
        shop = new LocalShop(Map.of("DISPATCH_AFTER", "PT0.5S"));
    }

    @AfterAll
    static void stop() {
        if (shop != null) {
            shop.close();
        }
    }

    @Test
    void after_a_restart_it_is_live_again_by_itself_and_misses_nothing() {
        var client = shop.client();
        var sku = client.stock(50, 100);
        try (var browser = Browser.open(shop.address())) {
            browser.visit("shop");
            browser.awaitText(".connection", "live");
            browser.run("window.isTheSamePage = true");
            shop.stop();
            browser.awaitText(".connection", "reconnecting");
            shop.start();

            browser.awaitText(".connection", "live");
            var orderId = client.order(sku, 1, "");
            browser.click(".rows a[href='#/shop/" + orderId + "']");
            browser.awaitText(".order-panel .badge", "shipped");
            browser.find("[data-type='ordering.order-placed.v1']");
            // It was not loaded anew
            assertThat(browser.run("return window.isTheSamePage === true")).isEqualTo(true);
            browser.requireNoErrors();
        }
    }
}
