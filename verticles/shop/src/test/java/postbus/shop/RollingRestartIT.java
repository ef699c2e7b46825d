package postbus.shop;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@link RolloutIT} never does: a service is away while it starts again. No request fails all the same. */
@Timeout(900)
@ExtendWith(Fleet.Extension.class)
class RollingRestartIT {
    private static final int PIECES = 10_000;

    private final Fleet fleet;
    private final ShopClient shop;

    RollingRestartIT(Fleet fleet) {
        this.fleet = fleet;
        this.shop = new ShopClient(fleet.gateways().get(0));
    }

    @Test
    void the_only_instance_of_each_service_is_restarted_and_no_request_fails() {
        var sku = shop.stock(PIECES, 100);
        try (var customers = new Customers(fleet.gateways(), sku, 2)) {
            for (var service :
                    List.of("catalog", "inventory", "ordering", "payment", "shipping", "tracking", "outbox")) {
                fleet.end(service + "-1");
                fleet.start(service + "-1");
                customers.awaitAnotherOrder();
            }
            customers.requireNoFailure();
            customers.requireAllShipped(shop);
            shop.awaitStock(sku, PIECES - customers.orders().size(), 0);
            Books.requireBalance(fleet.databaseUrl());
        }
    }
}
