package postbus.shop;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every service is restarted while customers order, and no request fails. */
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
            requireAllShipped(customers, sku);
        }
    }

    @Test
    void a_service_of_two_instances_and_each_gateway_are_restarted_and_no_request_fails() {
        var sku = shop.stock(PIECES, 100);
        fleet.start("ordering-2", "outbox-2");
        try (var customers = new Customers(fleet.gateways(), sku, 2)) {
            for (var instance : List.of("gateway-1", "ordering-1", "outbox-1", "gateway-2")) {
                customers.awaitAnotherOrder();
                fleet.end(instance);
                fleet.start(instance);
            }
            fleet.end("ordering-2");
            fleet.end("outbox-2");
            customers.awaitAnotherOrder();
            customers.requireNoFailure();
            requireAllShipped(customers, sku);
        }
    }

    private void requireAllShipped(Customers customers, String sku) {
        customers.requireAllShipped(shop);
        shop.awaitStock(sku, PIECES - customers.orders().size(), 0);
        Books.requireBalance(fleet.databaseUrl());
    }
}
