package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import postbus.testkit.Await;

/** What every shop does, in one JVM or in many. */
abstract class OrderFlowContract {
    /** Short enough to wait for, long enough for a busy machine. */
    static final Map<String, String> SETTINGS = Map.of(
            "STOCK_DEADLINE", "PT15S",
            "PAYMENT_DEADLINE", "PT4S",
            "PAYMENT_SLOW_AFTER", "PT8S",
            "DISPATCH_AFTER", "PT2S",
            "REPLY_TIMEOUT", "PT2S");

    abstract ShopClient shop();

    /** {@code postgresql://…} of the shop. */
    abstract String databaseUrl();

    @Test
    void an_order_is_placed_confirmed_paid_and_shipped() {
        var sku = shop().stock(10, 250);
        var order = shop().settled(shop().order(sku, 3, ""));
        assertThat(order.getString("status")).isEqualTo("shipped");
        assertThat(order.getJsonObject("total"))
                .isEqualTo(new JsonObject().put("amount", 750).put("currency", "EUR"));
        assertThat(history(order))
                .containsSubsequence(
                        "ordering.order-placed.v1",
                        "ordering.order-confirmed.v1",
                        "ordering.order-paid.v1",
                        "ordering.order-shipped.v1");
        shop().awaitStock(sku, 7, 0);
        assertThat(shop().cancel(order.getString("orderId")).status()).isEqualTo(409);
        assertMoneyAddsUp();
    }

    @Test
    void an_order_for_more_than_there_is_is_cancelled() {
        var sku = shop().stock(2, 100);
        var order = shop().settled(shop().order(sku, 3, ""));
        assertThat(order.getString("status")).isEqualTo("cancelled");
        assertThat(order.getString("reason")).isEqualTo("out-of-stock");
        shop().awaitStock(sku, 2, 0);
    }

    @Test
    void an_order_whose_payment_is_declined_is_cancelled_and_its_goods_are_released() {
        var sku = shop().stock(5, 100);
        var order = shop().settled(shop().order(sku, 5, "tok_declined"));
        assertThat(order.getString("reason")).isEqualTo("payment-declined");
        shop().awaitStock(sku, 5, 0);
        assertMoneyAddsUp();
    }

    @Test
    void a_paid_order_can_be_cancelled_before_dispatch_and_is_refunded() {
        var sku = shop().stock(5, 100);
        var orderId = shop().order(sku, 4, "");
        shop().awaitStatus(orderId, "paid");
        var answer = shop().cancel(orderId);
        assertThat(answer.status()).isEqualTo(202);
        var order = shop().settled(orderId);
        assertThat(order.getString("reason")).isEqualTo("cancelled-by-customer");
        shop().awaitStock(sku, 5, 0);
        Await.until(
                "the refund is in the history",
                Duration.ofSeconds(20),
                () -> history(shop().orderNow(orderId)).contains("payment.payment-refunded.v1"));
        assertMoneyAddsUp();
    }

    @Test
    void an_order_whose_payment_is_not_answered_in_time_is_cancelled_and_a_late_charge_is_given_back() {
        var sku = shop().stock(5, 100);
        var orderId = shop().order(sku, 4, "tok_slow");
        var order = shop().settled(orderId);
        assertThat(order.getString("reason")).isEqualTo("deadline-passed");
        shop().awaitStock(sku, 5, 0);
        Await.until(
                "the late charge is refunded",
                Duration.ofSeconds(30),
                () -> history(shop().orderNow(orderId)).contains("payment.payment-refunded.v1"));
        assertMoneyAddsUp();
    }

    @Test
    void who_was_told_that_an_order_is_accepted_never_hears_that_it_is_not_there() {
        var sku = shop().stock(1_000, 100);
        for (int i = 0; i < 40; i++) {
            var orderId = shop().order(sku, 1, "");
            assertThat(shop().get("/orders/" + orderId).status()).isEqualTo(200);
        }
    }

    private static List<String> history(JsonObject order) {
        return order.getJsonArray("history").stream()
                .map(entry -> ((JsonObject) entry).getString("type"))
                .toList();
    }

    /** The provider's books agree with the payments, once nothing is under way. */
    void assertMoneyAddsUp() {
        Books.requireBalance(databaseUrl());
    }
}
