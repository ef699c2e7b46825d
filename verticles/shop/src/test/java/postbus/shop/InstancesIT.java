package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import postbus.testkit.Await;

/** Instances of services are added and removed while customers order. */
@Timeout(900)
@ExtendWith(Fleet.Extension.class)
class InstancesIT {
    private static final int PIECES = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Fleet fleet;

    InstancesIT(Fleet fleet) {
        this.fleet = fleet;
    }

    @Test
    void from_one_to_three_and_back_one_of_them_killed_no_request_fails_and_nothing_is_lost_or_done_twice() {
        var shop = new ShopClient(fleet.gateways().get(0));
        var sku = shop.stock(PIECES, 100);
        try (var customers = new Customers(fleet.gateways(), sku, 3)) {
            fleet.start("inventory-2", "ordering-2");
            fleet.start("inventory-3", "ordering-3");
            for (var instance : List.of("inventory-1", "inventory-2", "inventory-3", "ordering-2", "ordering-3")) {
                Await.until(instance + " has its share", PATIENCE, () -> applied(instance) > 0);
            }
            fleet.kill("inventory-3");
            fleet.kill("ordering-3");
            customers.awaitAnotherOrder();
            fleet.end("ordering-2");
            fleet.end("inventory-2");
            customers.awaitAnotherOrder();
            customers.requireNoFailure();
            customers.requireAllShipped(shop);
            shop.awaitStock(sku, PIECES - customers.orders().size(), 0);
            assertThat(customers.orders()).doesNotHaveDuplicates();
            Books.requireBalance(fleet.databaseUrl());
            Await.until("nothing waits for any subscription", PATIENCE, () -> lag(shop) == 0);
        }
    }

    private static long lag(ShopClient shop) {
        return shop.get("/ops/subscriptions").body().getJsonArray("subscriptions").stream()
                .map(JsonObject.class::cast)
                .mapToLong(each -> each.getLong("lag") + each.getLong("parked") + each.getLong("dead"))
                .sum();
    }

    /** Messages that this instance has applied, by its metrics. */
    private double applied(String instance) {
        return Metrics.of(fleet.node(instance).address()).series().stream()
                .filter(series -> series.name().equals("messaging_client_consumed_messages_total"))
                .mapToDouble(Metrics.Series::value)
                .sum();
    }
}
