package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every Deployment is rolled as Kubernetes does it, gateways behind a Service, while customers order. */
@Timeout(900)
@ExtendWith(Fleet.Extension.class)
class RolloutIT {
    private static final int PIECES = 10_000;

    /** Services, then outbox nodes, then gateways, as {@code docs/operate.md} says. */
    private static final List<String> PODS = List.of(
            "catalog-1",
            "inventory-1",
            "ordering-1",
            "payment-1",
            "shipping-1",
            "tracking-1",
            "notifications-1",
            "outbox-1",
            "gateway-1",
            "gateway-2");

    private final Fleet fleet;

    RolloutIT(Fleet fleet) {
        this.fleet = fleet;
    }

    @Test
    void each_deployment_is_rolled_in_its_turn_and_no_request_fails_and_nothing_is_lost() {
        fleet.start("notifications-1");
        var shop = new ShopClient(fleet.gateways().get(0));
        var sku = shop.stock(PIECES, 100);
        try (var balancer = new Balancer()) {
            for (var gateway : List.of("gateway-1", "gateway-2")) {
                balancer.add(fleet.node(gateway).httpPort());
                balancer.awaitReady(fleet.node(gateway).httpPort());
            }
            var rollout = new Rollout(fleet, balancer);
            try (var customers = new Customers(List.of(balancer.address()), sku, 3)) {
                for (var pod : PODS) {
                    rollout.replace(pod);
                    customers.awaitAnotherOrder();
                }
                rollout.awaitEnd();
                customers.awaitAnotherOrder();
                int requests = customers.requireNoFailure();
                System.out.printf(
                        "%d requests, %d orders%n", requests, customers.orders().size());
                assertThat(balancer.refused()).isEmpty();

                customers.requireAllShipped(new ShopClient(balancer.address()));
                new ShopClient(balancer.address())
                        .awaitStock(sku, PIECES - customers.orders().size(), 0);
                Books.requireBalance(fleet.databaseUrl());
            }
        }
        fleet.end("notifications-1");
    }
}
