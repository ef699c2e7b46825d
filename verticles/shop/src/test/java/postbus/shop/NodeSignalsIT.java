package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import postbus.testkit.Await;

/**
 * A node is stopped (SIGSTOP) until every other has given it up, and goes on (SIGCONT) in the belief that nothing has
 * happened. Customers order all the while, and no request of theirs fails.
 */
@Timeout(900)
@ExtendWith(Fleet.Extension.class)
class NodeSignalsIT {
    private static final int PIECES = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Fleet fleet;
    private final ShopClient shop;

    NodeSignalsIT(Fleet fleet) {
        this.fleet = fleet;
        this.shop = new ShopClient(fleet.gateways().get(0));
    }

    @Test
    void a_relay_that_was_stopped_believes_itself_active_and_doubles_nothing() {
        var sku = shop.stock(PIECES, 100);
        fleet.start("outbox-2");
        try (var customers = new Customers(fleet.gateways(), sku, 1)) {
            customers.awaitAnotherOrder();
            var stopped = fleet.pauseUntilGivenUp("outbox-1");
            for (var source : List.of("catalog", "inventory", "ordering", "payment", "shipping")) {
                awaitLine("outbox-2", "relay.active source=" + source);
            }
            customers.awaitAnotherOrder();
            stopped.resume();
            // It learns that its sessions are gone, and stands by
            Await.until("outbox-1 stands by", PATIENCE, () -> stopped.output().contains("relay.standby"));
            customers.awaitAnotherOrder();
            fleet.end("outbox-2");
            customers.awaitAnotherOrder();
            customers.requireNoFailure();
            assertThat(stopped.isAlive()).isTrue();
            // By the one that was stopped, since there is no other
            requireAllShipped(customers, sku);
        }
    }

    @Test
    void a_subscriber_that_was_stopped_takes_up_its_work_again_and_doubles_nothing() {
        var sku = shop.stock(PIECES, 100);
        fleet.start("inventory-2");
        try (var customers = new Customers(fleet.gateways(), sku, 1)) {
            customers.awaitAnotherOrder();
            var stopped = fleet.pauseUntilGivenUp("inventory-1");
            customers.awaitAnotherOrder();
            stopped.resume();
            customers.awaitAnotherOrder();
            fleet.end("inventory-2");
            customers.awaitAnotherOrder();
            customers.requireNoFailure();
            assertThat(stopped.isAlive()).isTrue();
            requireAllShipped(customers, sku);
        }
    }

    private void awaitLine(String instance, String part) {
        Await.until(
                instance + " says " + part,
                PATIENCE,
                () -> fleet.node(instance).output().contains(part));
    }

    private void requireAllShipped(Customers customers, String sku) {
        customers.requireAllShipped(shop);
        shop.awaitStock(sku, PIECES - customers.orders().size(), 0);
        Books.requireBalance(fleet.databaseUrl());
    }
}
