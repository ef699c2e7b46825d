package postbus.shop;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import postbus.catalog.CatalogMain;
import postbus.gateway.GatewayMain;
import postbus.inventory.InventoryMain;
import postbus.node.Node;
import postbus.node.NodeService;
import postbus.node.SettingException;
import postbus.node.Settings;
import postbus.notifications.NotificationsMain;
import postbus.ordering.OrderingMain;
import postbus.outbox.OutboxMain;
import postbus.payment.PaymentMain;
import postbus.postgres.LocalPostgres;
import postbus.shipping.ShippingMain;
import postbus.tracking.TrackingMain;

/**
 * Starts the shop: without an argument in this JVM, with {@code cluster} as a cluster of fat jars. Ends with 0 after
 * SIGTERM or SIGINT, with 2 for a wrong setting or argument, with 1 for a start that failed.
 */
public final class ShopMain {
    /** Every service, in the order of their start. */
    static final List<NodeService> SERVICES = List.of(
            CatalogMain.SERVICE,
            InventoryMain.SERVICE,
            OrderingMain.SERVICE,
            PaymentMain.SERVICE,
            ShippingMain.SERVICE,
            TrackingMain.SERVICE,
            NotificationsMain.SERVICE,
            OutboxMain.SERVICE,
            GatewayMain.SERVICE);

    private ShopMain() {}

    public static void main(String[] arguments) {
        var conf = Path.of(System.getenv().getOrDefault("CONF_DIR", "conf"));
        var mode = arguments.length == 0 ? "shop" : arguments[0];
        try {
            Node.useLogging(conf, System.getenv());
            switch (mode) {
                case "shop" -> runHere(conf);
                case "cluster" -> runCluster(conf);
                default -> throw new SettingException("usage: ./run [cluster]");
            }
        } catch (SettingException e) {
            System.err.println("shop: " + e.getMessage());
            Runtime.getRuntime().halt(2);
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().exit(1); // what was started is ended by its hook
        }
    }

    private static void runHere(Path conf) {
        var begin = System.nanoTime();
        var data = SharedData.open(Settings.load(conf, "gateway", System.getenv()));
        var node = Node.alone();
        onEnd(() -> {
            node.close();
            data.close();
        });
        var environment = new HashMap<>(System.getenv());
        environment.put("DATABASE_URL", data.url());
        node.deploy(SERVICES, name -> Settings.load(conf, name, environment));
        ready(begin, node.httpPort(), data.url());
    }

    private static void runCluster(Path conf) {
        var begin = System.nanoTime();
        var settings = Settings.load(conf, "gateway", System.getenv());
        var port = settings.integer("HTTP_PORT", 8080, 1, 65_535);
        var data = SharedData.open(settings);
        var cluster = new LocalCluster(conf, data.folder().resolve("logs"), Map.of("DATABASE_URL", data.url()));
        onEnd(() -> {
            cluster.close();
            data.close();
        });
        cluster.start();
        ready(begin, port, data.url());
    }

    private static void ready(long beginNanos, int port, String databaseUrl) {
        var shop = "http://127.0.0.1:" + port;
        var products = Shelves.fill(shop);
        System.out.printf(
                """

                The shop is open after %.1f s: %s
                There is to buy: %s
                Its data is in %s

                  curl -i %s/orders -H 'Content-Type: application/json' -H 'Idempotency-Key: a1' \\
                       -d '{"customerId":"c-1","lines":[{"sku":"espresso","quantity":2}]}'
                  curl %s/orders/{orderId}

                Ctrl-C drains and stops it.
                """,
                (System.nanoTime() - beginNanos) / 1e9, shop, String.join(", ", products), databaseUrl, shop, shop);
    }

    private static void onEnd(Runnable end) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            end.run();
                            System.out.println("The shop is closed.");
                            Runtime.getRuntime().halt(0);
                        },
                        "end"));
    }

    /** The database the shop works on: the one {@code DATABASE_URL} names, else an embedded one. */
    private record SharedData(Path folder, String url, Runnable end) {
        static SharedData open(Settings settings) {
            var folder = Path.of(settings.text("DATA_DIR", ".postbus"));
            var given = settings.text("DATABASE_URL", "");
            if (!given.isEmpty()) {
                return new SharedData(folder, given, () -> {});
            }
            var postgres = LocalPostgres.kept(folder.resolve("postgres"), 0);
            return new SharedData(folder, postgres.url(), postgres::close);
        }

        void close() {
            end.run();
        }
    }
}
