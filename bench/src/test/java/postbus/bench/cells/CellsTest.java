package postbus.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.bench.work.Server;
import postbus.catalog.CatalogMain;
import postbus.gateway.GatewayMain;
import postbus.inventory.InventoryMain;
import postbus.node.Node;
import postbus.node.Settings;
import postbus.ordering.OrderingMain;
import postbus.outbox.OutboxMain;
import postbus.payment.PaymentMain;
import postbus.shipping.ShippingMain;
import postbus.tracking.TrackingMain;

/** That each cell measures what it says; how much that is does not matter here. */
@Timeout(120)
class CellsTest {
    private static void assertMeasured(Results results, String... figures) {
        for (var figure : figures) {
            assertThat(results.markdown()).contains(" | " + figure + " | ");
        }
    }

    @Test
    void a_node_is_started_and_looked_at() throws Exception {
        var home = Path.of("").toAbsolutePath().getParent();
        assumeThat(home.resolve("verticles/inventory/target/inventory.jar")).exists(); // when it is packaged
        assertMeasured(new Start(1, 1, "inventory", List.of(), home, false).measure(), "s to ready", "MiB resident");
    }

    @Test
    void orders_of_a_shop_are_measured() throws Exception {
        try (var server = new Server();
                var node = Node.alone()) {
            var url = Server.databaseUrl(server.create("shop"));
            node.deploy(
                    List.of(
                            CatalogMain.SERVICE,
                            InventoryMain.SERVICE,
                            OrderingMain.SERVICE,
                            PaymentMain.SERVICE,
                            ShippingMain.SERVICE,
                            TrackingMain.SERVICE,
                            OutboxMain.SERVICE,
                            GatewayMain.SERVICE),
                    name -> Settings.of(Map.of("DATABASE_URL", url, "HTTP_PORT", "0", "DISPATCH_AFTER", "PT0S")));
            assertMeasured(
                    new Http(1, 10, 4, Path.of("")).measure(URI.create("http://127.0.0.1:" + node.httpPort()), url),
                    "orders accepted/s",
                    "placed to shipped, p99 ms");
        }
    }

    @Test
    void the_gateway_is_compared_with_a_bare_route() throws Exception {
        assertMeasured(new Gateway(1, 1, 2).measure(), "requests/s");
    }

    @Test
    void instances_share_the_work() throws Exception {
        assertMeasured(new Scale(1, 20, 1, 1, List.of(1)).measure(), "messages/s");
    }

    @Test
    void a_publisher_has_several_subscriptions() throws Exception {
        assertMeasured(new Fanout(1, 1, 2, 20, List.of(2)).measure(), "orders/s", "commit at 20/s, p99 ms");
    }

    @Test
    void live_messages_meet_all_weathers() throws Exception {
        assertMeasured(new Weather(1, 100, 50, 1, 1, 2).measure(), "messages/s", "p99 ms at 100/s");
    }

    @Test
    void a_backlog_is_drained() throws Exception {
        assertMeasured(new Drain(1, 300, 2).measure(), "messages/s", "MiB heap, second half");
    }
}
